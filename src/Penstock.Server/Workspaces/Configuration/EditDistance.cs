namespace Penstock.Server.Workspaces.Configuration;

/// <summary>How far apart two names are, in typing mistakes.</summary>
public static class EditDistance
{
    /// <summary>The nearest candidate, if near enough to be a mistyping or the right name under a wrong section.</summary>
    public static string? Nearest(string wrong, IEnumerable<string> candidates)
    {
        (string? best, int bestDistance) = (null, int.MaxValue);
        foreach (string candidate in candidates)
        {
            int whole = Between(wrong, candidate);
            int limit = Math.Max(2, candidate.Length / 4);
            // A right last part counts as one mistake: the section was forgotten or another one's.
            int last = Between(LastPart(wrong), LastPart(candidate)) + 1;
            int distance = Math.Min(whole <= limit ? whole : int.MaxValue, last <= 2 ? last : int.MaxValue);
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }
        return best;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.</summary>
    /// <remarks>Damerau's distance in its restricted form (optimal string alignment); three rows instead of a table.</remarks>
    public static int Between(string left, string right)
    {
        int[] beforeLast = new int[right.Length + 1];
        int[] last = new int[right.Length + 1];
        int[] row = new int[right.Length + 1];
        for (int j = 0; j <= right.Length; j++)
            last[j] = j;
        for (int i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replace = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = Math.Min(replace, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last, row) = (last, row, beforeLast);
        }
        return last[right.Length];
    }

    private static string LastPart(string key) => key[(key.LastIndexOf('.') + 1)..];
}

namespace Penstock.Cli.Output;

/// <summary>Cuts a sentence into lines between its words.</summary>
internal static class TextLines
{
    /// <param name="width">Longest line; a longer word stands alone, uncut.</param>
    public static IReadOnlyList<string> Of(string text, int width)
    {
        List<string> lines = [];
        string line = "";
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                lines.Add(line);
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        lines.Add(line);
        return lines;
    }
}

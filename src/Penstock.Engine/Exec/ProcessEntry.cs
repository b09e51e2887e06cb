using System.Globalization;

namespace Penstock.Engine.Exec;

/// <summary>One process as <c>/proc</c> shows it.</summary>
/// <param name="Session">Id of its session: the number of the process that began it.</param>
/// <param name="StartTicks">Since boot; with the number it names a process for good, numbers alone are used again.</param>
internal readonly record struct ProcessEntry(int Id, int Session, long StartTicks, bool IsZombie)
{
    private const int StateField = 0;
    private const int SessionField = 3;
    private const int StartField = 19;

    /// <returns>Null: there is none, or it may not be looked at.</returns>
    public static ProcessEntry? Find(int id)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{id}/stat"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // Gone, or this instant going.
        }
    }

    public static IEnumerable<ProcessEntry> All()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && Find(id) is { } entry)
                yield return entry;
        }
    }

    /// <param name="stat">The line of <c>/proc/N/stat</c>; the name in it may hold anything, so fields count from its last bracket.</param>
    public static ProcessEntry? Parse(string stat)
    {
        int close = stat.LastIndexOf(')');
        if (close < 0 || !int.TryParse(stat[..Math.Max(stat.IndexOf(' ', StringComparison.Ordinal), 0)], out int id))
            return null;
        string[] fields = stat[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > StartField && int.TryParse(fields[SessionField], out int session) && long.TryParse(fields[StartField], out long start)
            ? new ProcessEntry(id, session, start, fields[StateField] is "Z" or "X")
            : null;
    }

    /// <summary>Whether the process was started with this variable; false where it may not be looked at.</summary>
    public bool HasVariable(string assignment)
    {
        try
        {
            return File.ReadAllText($"/proc/{Id}/environ").Split('\0').Contains(assignment, StringComparer.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

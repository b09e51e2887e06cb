namespace Penstock.Engine.Jobs;

/// <summary>The five states of a job; what it waits for is said beside them, never by another status.</summary>
public enum JobStatus
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

/// <summary>The lower-case texts of <see cref="JobStatus"/> in SQL and JSON, and which changes are allowed.</summary>
public static class JobStatusText
{
    private static readonly string[] Texts = ["queued", "running", "succeeded", "failed", "cancelled"];

    public static IReadOnlyList<string> All => Texts;

    public static string ToText(this JobStatus status) => Texts[(int)status];

    public static bool IsTerminal(this JobStatus status) => status >= JobStatus.Succeeded;

    public static bool TryParse(string text, out JobStatus status)
    {
        int index = Array.IndexOf(Texts, text);
        status = (JobStatus)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>For texts the store wrote itself.</summary>
    /// <exception cref="FormatException">Not one of the five.</exception>
    public static JobStatus Parse(string text) =>
        TryParse(text, out JobStatus status) ? status : throw new FormatException($"'{text}' is not a job status.");
}

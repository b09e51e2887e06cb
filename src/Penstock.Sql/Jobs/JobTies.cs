namespace Penstock.Sql.Jobs;

/// <summary>What hangs on a job besides its own row: the bits of <c>job.ties</c>. A plain job has none and pays nothing for them.</summary>
[Flags]
internal enum JobTies
{
    None = 0,

    /// <summary>Others depend on it, or did.</summary>
    Dependents = 1,

    /// <summary>It holds a unique key while it is queued or running.</summary>
    UniqueKey = 2,

    /// <summary>It waits for others, or did.</summary>
    Dependencies = 4,

    /// <summary>It has stored steps.</summary>
    Steps = 8,

    /// <summary>It waits for a signal, or did.</summary>
    Signals = 16,
}

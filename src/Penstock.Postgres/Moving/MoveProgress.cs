namespace Penstock.Postgres.Moving;

/// <summary>How far a move is.</summary>
/// <param name="What">What is being done, such as <c>writing job_event</c>.</param>
/// <param name="Done">Of <paramref name="Total"/>, in this stage.</param>
public sealed record MoveProgress(MoveStage Stage, string What, long Done, long Total);

public enum MoveStage
{
    Artifacts,

    /// <summary>Rows are written.</summary>
    Rows,

    /// <summary>Rows are read back.</summary>
    Verification,
}

/// <summary>A table that arrived whole.</summary>
public sealed record MovedTable(string Table, long Rows);

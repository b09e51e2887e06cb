using Penstock.Engine;

namespace Penstock.Postgres.Moving;

/// <summary>The database that rows are to be moved into has rows of its own.</summary>
/// <param name="tables">Those that have any, and how many.</param>
public sealed class MoveTargetNotEmptyException(IReadOnlyList<(string Table, long Rows)> tables) : PenstockException(
    "move-target-not-empty",
    $"The PostgreSQL database of this workspace has rows already: {string.Join(", ", tables.Select(t => $"{t.Table} {t.Rows}"))}. " +
    "Two histories cannot be joined, so nothing was changed. Name a database (store.url) or a schema (store.schema) in which nothing was started yet.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

/// <summary>What one database has, the other has no place for.</summary>
/// <param name="detail">Sentences: what differs, and what to do.</param>
public sealed class MoveSchemaDiffersException(string detail) : PenstockException("move-schema-differs", detail + " No row was moved.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

/// <summary>The rows could not be written as they are, or did not come back as they were written.</summary>
public sealed class MoveFailedException(string table, string detail, Exception? inner = null) : PenstockException(
    "move-failed", $"Table {table}: {detail} The transaction was rolled back: the database is as empty as before, the old workspace as it was.", inner)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
}

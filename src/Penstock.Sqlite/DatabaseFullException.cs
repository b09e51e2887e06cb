using Microsoft.Data.Sqlite;
using Penstock.Engine;

namespace Penstock.Sqlite;

/// <summary>The disk took no more, or failed, while a commit was written; nothing of it was stored.</summary>
public sealed class DatabaseFullException(SqliteException inner) : PenstockException(
    "storage-full",
    $"The database could not write ({inner.Message}); nothing of this change was stored. Free space on the data disk; the engine goes on by itself.",
    inner)
{
    public override ErrorKind Kind => ErrorKind.StorageFull;
}

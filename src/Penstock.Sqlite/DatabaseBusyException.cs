using Penstock.Engine;

namespace Penstock.Sqlite;

/// <summary>Another program kept the database locked longer than anybody waits; nothing of this change was stored.</summary>
public sealed class DatabaseBusyException(TimeSpan waited, Exception? inner = null) : PenstockException(
    "storage-busy",
    $"Another process held the database for {waited.TotalSeconds:0.###} s; nothing of this change was stored. Try again; if it goes on, look for a " +
    "process that is stopped, or a program that keeps a write transaction open on the file.",
    inner)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
}

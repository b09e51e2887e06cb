using Penstock.Engine;

namespace Penstock.Postgres;

/// <summary>Another transaction kept what this one needs longer than anybody waits.</summary>
public sealed class PostgresBusyException(TimeSpan waited, Exception inner) : PenstockException(
    "storage-busy",
    $"Another transaction held a row or the turn to write for {waited.TotalSeconds:0.###} s; nothing of this change was stored. " +
    "Try again; if it goes on, look in pg_stat_activity for a session that is idle in transaction.",
    inner)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
}

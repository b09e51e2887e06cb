using Penstock.Engine;

namespace Penstock.Postgres;

/// <summary>The server cannot be reached, or ended the connection.</summary>
public sealed class DatabaseUnavailableException(string address, bool inDoubt, Exception inner) : PenstockException(
    "database-unavailable",
    $"PostgreSQL at {address} did not answer ({inner.Message.TrimEnd('.')}). " +
    (inDoubt ? "The connection broke during the commit: whether this change was stored is not known. " : "Nothing of this change was stored. ") +
    "The engine connects again by itself; look at the server and the network between.",
    inner)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;

    public override bool MayRetry => true;
}

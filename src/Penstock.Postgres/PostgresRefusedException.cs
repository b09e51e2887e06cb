using Npgsql;
using Penstock.Engine;

namespace Penstock.Postgres;

/// <summary>The server answers and does not let this program work: user, password, database, rights.</summary>
public sealed class PostgresRefusedException(string address, PostgresException inner) : PenstockException(
    "database-refused", $"PostgreSQL at {address} refused ({inner.SqlState}): {inner.MessageText}. {AdviceOn(inner.SqlState)}", inner)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;

    /// <summary>What to do about it.</summary>
    public static string AdviceOn(string state) => state switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            "Check the user and the password of store.url, and the server's pg_hba.conf.",
        PostgresErrorCodes.InvalidCatalogName => "Create the database first: createdb -E UTF8 NAME.",
        PostgresErrorCodes.InsufficientPrivilege => "Give the user the right to use the database and to make tables in its schema.",
        _ => "See the server's log.",
    };
}

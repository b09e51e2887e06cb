using Npgsql;

namespace Penstock.Postgres;

/// <summary>The right to write, of which there is one in a schema: an advisory lock that ends with the transaction that took it.</summary>
/// <remarks>Asked for together with a transaction's first statement, it costs no round trip.</remarks>
internal sealed class WriteTurn
{
    public const string Sql = "select pg_advisory_xact_lock(hashtext('penstock'), hashtext(current_schema()))";

    private bool _isDue;

    /// <summary>A transaction begins: its first statement is to ask for the turn.</summary>
    public void Owe() => _isDue = true;

    /// <summary>True once after each <see cref="Owe"/>.</summary>
    public bool IsDue()
    {
        bool due = _isDue;
        _isDue = false;
        return due;
    }

    /// <summary>Waits until no other engine transaction of this schema is under way.</summary>
    public static async Task TakeAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction)
    {
        await using NpgsqlCommand turn = new(Sql, connection, transaction);
        await turn.ExecuteNonQueryAsync();
    }
}

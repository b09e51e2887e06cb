using System.Globalization;
using Npgsql;

namespace Penstock.Postgres;

/// <summary>Tries whether a database can hold the engine, and changes nothing there.</summary>
public static class PostgresProbe
{
    /// <summary>Of the server. Older ones lack nothing we know of, but no test runs on them.</summary>
    public const int OldestMajorVersion = 15;

    private const string AskSql = """
        select current_setting('server_version'), current_setting('server_version_num')::int / 10000, current_database(),
               current_setting('server_encoding'), pg_database_size(current_database()), clock_timestamp(), pg_is_in_recovery(),
               current_setting('max_connections')::int, (select count(*) from pg_stat_activity where backend_type = 'client backend'),
               coalesce(current_schema(), ''), coalesce(has_schema_privilege(current_schema(), 'create'), false),
               held.since, held.who
          from (select 1) as one left join (
               select xact_start, 'process ' || pid || coalesce(' of ' || usename, '') || coalesce(' (' || nullif(application_name, '') || ')', '')
                 from pg_stat_activity where pid <> pg_backend_pid() and xact_start is not null and (backend_xmin is not null or backend_xid is not null)
                union all
               select prepared, 'prepared transaction ' || gid from pg_prepared_xacts
                order by 1 limit 1) as held (since, who) on true
        """;

    /// <exception cref="PostgresRefusedException">The server answers, but this program cannot use it so.</exception>
    /// <exception cref="DatabaseUnavailableException">Nobody answers.</exception>
    public static async Task<PostgresFacts> AskAsync(PostgresOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlConnection connection = new(options.LonelyString);
            await connection.OpenAsync(cancellationToken);
            await using NpgsqlCommand ask = new(AskSql, connection);
            await using NpgsqlDataReader row = await ask.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            return new PostgresFacts(
                options.Address, row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3), row.GetInt64(4),
                row.GetFieldValue<DateTimeOffset>(5), row.GetBoolean(6), row.GetInt32(7), (int)row.GetInt64(8), row.GetString(9), row.GetBoolean(10))
            {
                OldestTransaction = row.IsDBNull(11) ? null : new OpenTransaction(row.GetFieldValue<DateTimeOffset>(11), row.GetString(12)),
            };
        }
        catch (PostgresException refused) when (!PostgresErrors.IsConnection(refused))
        {
            throw new PostgresRefusedException(options.Address, refused);
        }
        catch (Exception error) when (PostgresErrors.IsConnection(error))
        {
            throw new DatabaseUnavailableException(options.Address, inDoubt: false, error);
        }
    }
}

/// <summary>A server and one of its databases, as seen by the user of the connection.</summary>
/// <param name="Address">Host and port.</param>
/// <param name="Bytes">Of the database on disk.</param>
/// <param name="IsStandby">It takes no writes.</param>
/// <param name="ConnectionsUsed">Of all programs, this question's own among them.</param>
/// <param name="Schema">Where tables are made; empty: the schema in the settings does not exist.</param>
public sealed record PostgresFacts(
    string Address, string Version, int MajorVersion, string Database, string Encoding, long Bytes, DateTimeOffset Now, bool IsStandby,
    int ConnectionsMax, int ConnectionsUsed, string Schema, bool MayCreateTables)
{
    /// <summary>The one that has kept the server longest from taking away what the engine no longer needs. Null: none is open, or none that this user may see.</summary>
    public OpenTransaction? OldestTransaction { get; init; }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"PostgreSQL {Version} at {Address}, database {Database}");
}

/// <param name="Who">Its process, user and program, or its name if it was prepared.</param>
public sealed record OpenTransaction(DateTimeOffset Since, string Who);

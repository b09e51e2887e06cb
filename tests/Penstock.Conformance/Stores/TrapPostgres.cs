using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Penstock.Postgres;
using Penstock.Sql;

namespace Penstock.Conformance.Stores;

public sealed class TrapInPostgres : TrapConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;

    protected override SqlDatabase Backend(IServiceProvider services) => services.GetRequiredService<PostgresDatabase>();

    protected override Task<long> WorkOfAsync(Func<Task> call) => PostgresWork.OfAsync(Engine.Database, StorePath, call);
}

/// <summary>Counts the blocks that the engine's writes look at in the tables of a schema and their indexes.</summary>
internal static class PostgresWork
{
    private const string BlocksSql = """
        select coalesce(sum(heap_blks_read + heap_blks_hit + coalesce(idx_blks_read + idx_blks_hit, 0)), 0)::bigint
          from pg_statio_user_tables where schemaname = current_schema()
        """;

    public static async Task<long> OfAsync(SqlDatabase database, string path, Func<Task> call)
    {
        long before = await BlocksAsync(database, path);
        await call();
        return await BlocksAsync(database, path) - before;
    }

    private static async Task<long> BlocksAsync(SqlDatabase database, string path)
    {
        // A session tells its counts now and then only; asked to, at the end of the transaction.
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement flush = session.Statement("select pg_stat_force_next_flush()");
                return await flush.QueryAsync(_ => 0, token);
            },
            CancellationToken.None);
        await using NpgsqlConnection connection = new(path + ";Pooling=false");
        await connection.OpenAsync();
        await using NpgsqlCommand read = new(BlocksSql, connection);
        return (long)(await read.ExecuteScalarAsync())!;
    }
}

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Sql;
using Penstock.Sqlite;
using Penstock.Testing;
using SQLitePCL;

namespace Penstock.Conformance.Stores;

public sealed class TrapInMemory : TrapConformance
{
    protected override string StorePath => ":memory:";

    protected override SqlDatabase Backend(IServiceProvider services) => services.GetRequiredService<SqliteDatabase>();

    protected override Task<long> WorkOfAsync(Func<Task> call) => SqliteWork.OfAsync(Engine.Database, call);
}

public sealed class TrapInSqliteFile : TrapConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");

    protected override SqlDatabase Backend(IServiceProvider services) => services.GetRequiredService<SqliteDatabase>();

    protected override Task<long> WorkOfAsync(Func<Task> call) => SqliteWork.OfAsync(Engine.Database, call);
}

/// <summary>Counts the instructions of SQLite's virtual machine: the same on every machine, whatever else it does.</summary>
internal static class SqliteWork
{
    private const int InstructionsPerCall = 10;

    public static async Task<long> OfAsync(SqlDatabase database, Func<Task> call)
    {
        long calls = 0;
        await SetAsync(database, InstructionsPerCall, _ => (int)(Interlocked.Increment(ref calls) * 0));
        await call();
        await SetAsync(database, 0, null);
        return calls * InstructionsPerCall;
    }

    private static Task SetAsync(SqlDatabase database, int every, delegate_progress? callback) => database.WriteAsync(
        (session, _) =>
        {
            raw.sqlite3_progress_handler(((SqliteConnection)session.Connection).Handle, every, callback, null);
            return Task.CompletedTask;
        },
        CancellationToken.None);
}

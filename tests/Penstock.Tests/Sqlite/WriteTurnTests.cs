using Penstock.Sql;
using Penstock.Sqlite;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Sqlite;

/// <summary>Two databases on one file, each with a writer and locks of its own, as two processes have them.</summary>
public sealed class WriteTurnTests
{
    private const string CreateSql = "create table note (writer text not null) strict";
    private const string InsertSql = "insert into note (writer) values (@writer)";
    private const string CountSql = "select count(*) from note where writer = @writer";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Neither_of_two_busy_writers_starves()
    {
        // A busy machine lets one run alone for a while, whatever its turn: most of the rounds count.
        List<int> lesser = [];
        for (int round = 0; round < 5; round++)
            lesser.Add(await LesserShareAsync(writes: 400));
        lesser.Sort();
        Assert.True(lesser[2] >= 20, $"Of 400 writes the lesser of two had {string.Join(", ", lesser)}.");
    }

    [Fact]
    public async Task Who_waits_too_long_hears_why_stores_nothing_and_gets_the_next_turn()
    {
        string path = Path.Combine(TestFolder.New(), "shared.db");
        await using SqliteDatabase slow = new(new SqliteOptions(path));
        await using SqliteDatabase waiting = new(new SqliteOptions(path) { TurnTimeout = TimeSpan.FromMilliseconds(100) });
        await slow.WriteAsync((session, token) => RunAsync(session, CreateSql, token), Cancel);
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task holds = slow.WriteAsync(
            async (session, token) =>
            {
                begun.SetResult();
                await end.Task;
                return await RunAsync(session, "insert into note (writer) values ('slow')", token);
            },
            Cancel);
        await begun.Task;
        DatabaseBusyException error = await Assert.ThrowsAsync<DatabaseBusyException>(() => NoteAsync(waiting, "waiting"));
        Assert.Equal("storage-busy", error.Code);
        Assert.Equal(0, await CountAsync(waiting, "waiting")); // Reading never waits.
        end.SetResult();
        await holds;
        await NoteAsync(waiting, "waiting");
        Assert.Equal((1, 1), (await CountAsync(slow, "waiting"), await CountAsync(waiting, "slow")));
        // The turn that was given up is nobody's: the other one can write, too.
        await NoteAsync(slow, "slow");
        Assert.Equal(2, await CountAsync(waiting, "slow"));
    }

    [Fact]
    public async Task A_program_that_does_not_know_of_the_turn_is_waited_for_all_the_same()
    {
        string path = Path.Combine(TestFolder.New(), "shared.db");
        await using SqliteDatabase database = new(new SqliteOptions(path));
        await database.WriteAsync((session, token) => RunAsync(session, CreateSql, token), Cancel);
        await using Microsoft.Data.Sqlite.SqliteConnection stranger = new($"Data Source={path};Pooling=false");
        await stranger.OpenAsync(Cancel);
        await using Microsoft.Data.Sqlite.SqliteTransaction transaction = stranger.BeginTransaction(deferred: false);
        Task<int> note = NoteAsync(database, "patient");
        await using (Microsoft.Data.Sqlite.SqliteCommand insert = stranger.CreateCommand())
        {
            insert.Transaction = transaction;
            insert.CommandText = "insert into note (writer) values ('stranger')";
            await insert.ExecuteNonQueryAsync(Cancel);
        }
        await transaction.CommitAsync(Cancel);
        await note;
        Assert.Equal((1, 1), (await CountAsync(database, "stranger"), await CountAsync(database, "patient")));
    }

    private static async Task<int> LesserShareAsync(int writes)
    {
        string path = Path.Combine(TestFolder.New(), "shared.db");
        await using SqliteDatabase a = new(new SqliteOptions(path) { FullDurability = false });
        await using SqliteDatabase b = new(new SqliteOptions(path) { FullDurability = false });
        await a.WriteAsync((session, token) => RunAsync(session, CreateSql, token), Cancel);
        int left = writes;
        using Barrier start = new(2);
        async Task<int> HammerAsync(SqliteDatabase database, string writer)
        {
            int written = 0;
            start.SignalAndWait(Cancel);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await NoteAsync(database, writer);
                written++;
            }
            return written;
        }
        int[] shares = await Task.WhenAll(Task.Run(() => HammerAsync(a, "a")), Task.Run(() => HammerAsync(b, "b")));
        Assert.Equal(writes, shares.Sum());
        Assert.Equal((shares[0], shares[1]), (await CountAsync(b, "a"), await CountAsync(a, "b")));
        return shares.Min();
    }

    private static Task<int> NoteAsync(SqliteDatabase database, string writer) => database.WriteAsync(
        async (session, token) =>
        {
            using SqlStatement insert = session.Statement(InsertSql).Bind("writer", writer);
            return await insert.ExecuteAsync(token);
        },
        Cancel);

    private static Task<int> CountAsync(SqliteDatabase database, string writer) => database.ReadAsync(
        async (session, token) =>
        {
            using SqlStatement count = session.Statement(CountSql).Bind("writer", writer);
            return await count.ScalarAsync<int>(token);
        },
        Cancel);

    private static async Task<int> RunAsync(SqlSession session, string sql, CancellationToken cancellationToken)
    {
        using SqlStatement statement = session.Statement(sql);
        return await statement.ExecuteAsync(cancellationToken);
    }
}

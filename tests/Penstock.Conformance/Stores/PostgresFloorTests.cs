using Npgsql;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>Claims that do not begin at the start of a queue, because that is dear: a backup or a forgotten transaction is open.</summary>
public sealed class PostgresFloorTests
{
    private const string Queue = "work";
    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Units_come_by_priority_and_age_and_none_is_left()
    {
        await using TestEngine engine = await StartAsync(PostgresStore.New());
        List<Guid> normal = await EnqueueAsync(engine, 6, priority: 0);
        List<Guid> low = await EnqueueAsync(engine, 3, priority: -5);
        Assert.Equal(normal[..2], await ClaimAsync(engine, 2));
        // A priority never seen, one seen, and one between two that were.
        List<Guid> high = await EnqueueAsync(engine, 3, priority: 7);
        Assert.Equal([high[0], high[1]], await ClaimAsync(engine, 2));
        normal.AddRange(await EnqueueAsync(engine, 1, priority: 0));
        List<Guid> between = await EnqueueAsync(engine, 2, priority: 3);

        Assert.Equal([high[2], .. between, normal[2]], await ClaimAsync(engine, 4));
        high = await EnqueueAsync(engine, 1, priority: 7);
        Assert.Equal([.. high, .. normal[3..], .. low], await ClaimAsync(engine, 100));
    }

    [Fact]
    public async Task A_retry_is_claimed_at_once()
    {
        await using TestEngine engine = await StartAsync(PostgresStore.New());
        List<Guid> ids = await EnqueueAsync(engine, 5, priority: 0);
        IReadOnlyList<UnitLease> leases = (await ExchangeAsync(engine, 3)).Leases;

        await engine.Store.ExchangeAsync([new Completion.Threw(leases[1], "Broken", "It broke.", _time.GetUtcNow())], null, Cancel);

        Assert.Equal([ids[1], ids[3]], await ClaimAsync(engine, 2));
    }

    [Fact]
    public async Task What_another_process_puts_below_the_floor_is_found_by_the_next_look_from_the_start()
    {
        string path = PostgresStore.New();
        await using TestEngine engine = await StartAsync(path);
        List<Guid> ids = await EnqueueAsync(engine, 2, priority: 0);
        await using NpgsqlConnection other = new(path + ";Pooling=false");
        await other.OpenAsync(Cancel);
        await RunAsync(other, $"delete from ready where seq = (select seq from job where id = '{ids[0]}')");
        Assert.Equal([ids[1]], await ClaimAsync(engine, 1));
        await RunAsync(other, $"insert into ready select q.id, 0, 0, j.seq from job j join queue q on q.name = j.queue_name where j.id = '{ids[0]}'");

        Exchange before = await ExchangeAsync(engine, 1);
        Assert.Empty(before.Leases);
        Assert.InRange(before.LookAgainAt!.Value - _time.GetUtcNow(), TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(20));
        _time.Advance(before.LookAgainAt.Value - _time.GetUtcNow());
        Assert.Equal([ids[0]], await ClaimAsync(engine, 1));
    }

    private async Task<TestEngine> StartAsync(string path)
    {
        TestEngine engine = await TestEngine.StartAsync(
            builder => builder.AddOperation<Nothing>("nothing", Queue, "Never run."), path, new DearClock(_time, ticksPerSecond: 1));
        await engine.Store.BeatAsync(
            new WorkerBeat("worker-a", "elsewhere", 1, DateTimeOffset.UnixEpoch, [Queue], 4, 0, Draining: false) { Registers = true }, Cancel);
        return engine;
    }

    private static async Task<List<Guid>> EnqueueAsync(TestEngine engine, int count, int priority)
    {
        List<Guid> ids = [];
        for (int i = 0; i < count; i++)
            ids.Add((await engine.Client.EnqueueAsync(new NewJob("nothing", "{}") { Priority = priority }, Cancel)).JobId);
        return ids;
    }

    private static Task<Exchange> ExchangeAsync(TestEngine engine, int limit) =>
        engine.Store.ExchangeAsync([], new ClaimRequest("worker-a", [Queue], limit), Cancel);

    private static async Task<List<Guid>> ClaimAsync(TestEngine engine, int limit) =>
        [.. (await ExchangeAsync(engine, limit)).Leases.Cast<JobLease>().Select(l => l.JobId)];

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancel));
    }

    private sealed class Nothing : Operation<Nothing.Payload, int>
    {
        public sealed record Payload;

        public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}

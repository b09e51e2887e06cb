using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Penstock.Conformance.Stores;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Transport;
using Penstock.Engine.Workers;
using Penstock.Postgres;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Transports;

/// <summary>Two engines on one database, which nothing else connects: the worker of one looks by itself only every minute.</summary>
public sealed class PostgresWakeUpTests
{
    private static readonly TimeSpan Poll = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_starts_what_another_process_enqueued_without_looking_for_it()
    {
        string store = PostgresStore.New();
        await using TestEngine enqueues = await StartAsync(store);
        await using TestEngine works = await StartWorkingAsync(store);
        for (int i = 0; i < 3; i++)
        {
            Guid id = (await enqueues.Client.EnqueueAsync(new NewJob("nothing", "{}"), Cancel)).JobId;
            Assert.Equal(JobStatus.Succeeded, (await enqueues.WaitForEndAsync(id, Soon)).Status);
        }
    }

    [Fact]
    public async Task Wake_ups_come_back_after_the_server_has_cut_their_connections()
    {
        string store = PostgresStore.New();
        await using TestEngine enqueues = await StartAsync(store);
        await using TestEngine works = await StartWorkingAsync(store);
        await enqueues.WaitForEndAsync((await enqueues.Client.EnqueueAsync(new NewJob("nothing", "{}"), Cancel)).JobId, Soon);

        await using NpgsqlConnection admin = new(store + ";Pooling=false");
        await admin.OpenAsync(Cancel);
        int[] before = await ConnectionsAsync(admin, "%");
        await using (NpgsqlCommand cut = new("select count(pg_terminate_backend(pid)) from pg_stat_activity where pid = any($1)", admin))
        {
            cut.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = before });
            Assert.True((long)(await cut.ExecuteScalarAsync(Cancel))! >= 2); // One hears, one tells.
        }
        while (!(await ConnectionsAsync(admin, "listen %")).Except(before).Any())
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);

        Guid id = (await enqueues.Client.EnqueueAsync(new NewJob("nothing", "{}"), Cancel)).JobId;
        Assert.Equal(JobStatus.Succeeded, (await enqueues.WaitForEndAsync(id, Soon)).Status);
    }

    [Fact]
    public void A_transport_that_was_chosen_before_stays()
    {
        ServiceCollection services = new();
        services.AddSingleton<IWakeUps>(new InProcessWakeUps());
        services.AddPenstock(builder => builder.UsePostgres(new PostgresOptions("Host=nowhere.example")));
        using ServiceProvider built = services.BuildServiceProvider();
        Assert.IsType<InProcessWakeUps>(built.GetRequiredService<IWakeUps>());
    }

    private static Task<TestEngine> StartAsync(string store) => TestEngine.StartAsync(
        builder => builder.AddOperation<Nothing>("nothing", "work", "Does nothing."), store,
        before: first => first.AddSingleton(new WorkerOptions { PollInterval = Poll }));

    /// <summary>With a worker that hears of others' jobs when this returns.</summary>
    private static async Task<TestEngine> StartWorkingAsync(string store)
    {
        TestEngine engine = await StartAsync(store);
        engine.RunWorker();
        await engine.Services.GetRequiredService<PostgresWakeUps>().UntilConnectedAsync();
        return engine;
    }

    /// <summary>Those of wake-ups in this schema (other tests have theirs on the same server) that last ran such a statement.</summary>
    private static async Task<int[]> ConnectionsAsync(NpgsqlConnection admin, string statement)
    {
        await using NpgsqlCommand find = new(
            "select pid from pg_stat_activity where application_name = 'penstock wake-ups ' || current_schema() and query like $1", admin);
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = statement });
        await using NpgsqlDataReader rows = await find.ExecuteReaderAsync(Cancel);
        List<int> pids = [];
        while (await rows.ReadAsync(Cancel))
            pids.Add(rows.GetInt32(0));
        return [.. pids];
    }

    private sealed class Nothing : Operation<Nothing.Payload, int>
    {
        public sealed record Payload;

        public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}

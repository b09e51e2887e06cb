using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Sql;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>Several connections, as several processes have, do things to the same few jobs at once.</summary>
/// <remarks>What is done comes from a seed; in which order it happens comes from the machine, and that is the point.</remarks>
public abstract class InterleavingConformance(ITestOutputHelper output)
{
    private const int Interleavings = 10_000;
    private const int Connections = 4;
    private const int JobsMin = 8;
    private const int CheckEvery = 250;
    private static readonly string[] Queues = ["work", "items"];

    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentQueue<UnitLease> _leases = new();
    private readonly ConcurrentDictionary<string, int> _done = new(StringComparer.Ordinal);
    private readonly List<TestEngine> _engines = [];
    private readonly string[] _workers = new string[Connections];
    private int _workerNumber;

    protected abstract string StorePath { get; }

    /// <summary>Many small commits: flushing each to the disk would be most of the time and changes no order.</summary>
    protected abstract void SkipDurability(IServiceCollection services);

    /// <summary>The database itself, under the rewriting one.</summary>
    protected abstract SqlDatabase Backend(IServiceProvider services);

    /// <summary>A key of the tables was violated; false: the database was in the way.</summary>
    protected abstract bool IsOfTheTables(DbException error);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_interleavings_of_all_that_changes_a_job_end_without_a_deadlock_and_keep_the_invariants()
    {
        long began = Stopwatch.GetTimestamp();
        Assert.Empty(await RunAsync(Interleavings, change: null));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Interleavings} interleavings of {Connections} calls in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s: {string.Join(", ", _done.OrderBy(d => d.Key).Select(d => $"{d.Key} {d.Value}"))}"));
        // Had everything been refused, nothing would have been interleaved.
        foreach (string must in (string[])["cancel", "succeed", "fail", "retry", "reap", "prune", "recover", "redrive", "delete"])
            Assert.True(_done.GetValueOrDefault(must) >= 50, $"{must} took effect {_done.GetValueOrDefault(must)} times");
    }

    [Theory]
    [InlineData("update job set status = 'succeeded'", "and status = 'running' and fence = @fence", "and fence >= 0 * @fence")]
    [InlineData("attempt = attempt + 1", "and status = 'queued'", "")]
    [InlineData("delete from claim where kind = 0", "where kind = 0 and seq = @seq", "where kind = 0 and seq = 0 - @seq")]
    public async Task A_statement_that_does_not_look_at_what_others_did_is_found(string within, string from, string to) => Assert.NotEmpty(
        await RunAsync(
            Interleavings, // The first find ends it; a slow machine can pass a thousand without the moment that matters.
            sql => sql.Contains(within, StringComparison.Ordinal) ? sql.Replace(from, to, StringComparison.Ordinal) : sql));

    /// <returns>What must not be, the first time something is found.</returns>
    private async Task<List<string>> RunAsync(int rounds, Func<string, string>? change)
    {
        try
        {
            for (int i = 0; i < Connections; i++)
            {
                _engines.Add(await TestEngine.StartAsync(builder => Configure(builder, change), StorePath, _time));
                await RegisterAsync(i);
            }
            for (int round = 1; round <= rounds; round++)
            {
                await RunRoundAsync(new Random(round));
                if ((round % CheckEvery == 0 || round == rounds)
                    && await StoreRules.ViolationsAsync(_engines[0].Database, Cancel) is { Count: > 0 } wrong)
                    return wrong;
            }
            return [];
        }
        catch (DbException error) when (change is not null && IsOfTheTables(error))
        {
            return [error.Message]; // A key of the tables held what the statement let through.
        }
        catch (ArgumentOutOfRangeException error) when (change is not null)
        {
            return [error.Message]; // A row that another one stands for was gone: an item went on in a batch that had ended.
        }
        finally
        {
            foreach (TestEngine engine in _engines)
                await engine.DisposeAsync();
        }
    }

    private async Task RunRoundAsync(Random random)
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        IReadOnlyList<Engine.Jobs.Job> jobs = await _engines[0].Reader.ListAsync(new JobFilter(Limit: 100), Cancel);
        List<DeadLetter> letters = [.. await _engines[0].Reader.DeadLettersAsync(new DeadLetterFilter(Status: "pending"), Cancel)];
        UnitLease[] leases = [.. _leases];
        while (_leases.Count > 3 * JobsMin)
            _leases.TryDequeue(out _);
        List<Func<Task>> acts = [];
        for (int i = 0; i < Connections; i++)
            acts.Add(Draw(i, random, jobs, leases, letters, jobs.Count(j => j.FinishedAt is null)));
        await Task.WhenAll(acts.Select(act => Task.Run(() => AllowRefusalAsync(act), Cancel)));
    }

    /// <summary>One call; what it is about is drawn now, what it finds is up to the others.</summary>
    private Func<Task> Draw(
        int connection, Random random, IReadOnlyList<Engine.Jobs.Job> jobs, UnitLease[] leases, List<DeadLetter> letters, int open)
    {
        TestEngine engine = _engines[connection];
        IJobStore store = engine.Store;
        Guid job = jobs.Count == 0 ? Guid.Empty : jobs[random.Next(jobs.Count)].Id;
        // Mostly of the last few claims, so that they meet; sometimes one long lost.
        UnitLease? lease = leases.Length == 0 ? null : leases[^(1 + random.Next(random.Next(4) == 0 ? leases.Length : Math.Min(leases.Length, 4)))];
        int what = open < JobsMin ? random.Next(8) : random.Next(2, 20);
        switch (what)
        {
            case < 2:
                Guid? parent = random.Next(3) == 0 && job != Guid.Empty ? job : null;
                return () => Count("enqueue", engine.Client.EnqueueAsync(new NewJob("nothing", "{}") { ParentJobId = parent }, Cancel));
            case < 6:
                int limit = random.Next(1, 4);
                return () => ClaimAsync(connection, limit);
            case < 11 when lease is not null:
                Completion completion = Ending(random, engine, lease);
                return () => FinishAsync(store, completion);
            case 11 or 12:
                return () => Count("cancel", store.CancelAsync(job, null, Cancel));
            case 13:
                return () => Count("delete", store.DeleteAsync(job, Cancel));
            case 14 or 15 when letters.Count > 0:
                Guid letter = letters[random.Next(letters.Count)].Id;
                return () => Count("redrive", store.RedriveAsync(letter, "test", Cancel));
            case 16:
                return async () => CountIf("reap", (await store.ReapAsync(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), Cancel)).Reaped.Count > 0);
            case 17:
                Guid? after = random.Next(2) == 0 ? null : job;
                return async () => CountIf("prune", (await store.PruneAsync(_time.GetUtcNow(), after, 5, Cancel)).Removed > 0);
            case 18:
                string dead = _workers[random.Next(Connections)];
                return async () => CountIf("recover", (await store.RecoverAsync(TimeSpan.FromDays(1), 3, [dead], Cancel)).DeadWorkers.Count > 0);
            default:
                return () => Count("beat", store.BeatAsync(Beat(_workers[connection]), Cancel));
        }
    }

    private async Task ClaimAsync(int connection, int limit)
    {
        Exchange exchange = await _engines[connection].Store.ExchangeAsync([], new ClaimRequest(_workers[connection], Queues, limit), Cancel);
        if (exchange.WorkerUnknown)
            await RegisterAsync(connection);
        foreach (UnitLease lease in exchange.Leases)
            _leases.Enqueue(lease);
        CountIf("claim", exchange.Leases.Count > 0);
    }

    private async Task FinishAsync(IJobStore store, Completion completion)
    {
        string what = completion switch
        {
            Completion.Threw { RetryAt: null } => "fail",
            Completion.Threw => "retry",
            Completion.Released => "release",
            Completion.JobReturned { Outcome: JobOutcome.Dispatched } => "dispatch",
            Completion.JobReturned { Outcome: JobOutcome.AwaitsChildren } => "await",
            _ => "succeed",
        };
        CountIf(what, (await store.ExchangeAsync([completion], null, Cancel)).Refused.Count == 0);
    }

    private Completion Ending(Random random, TestEngine engine, UnitLease lease) => (random.Next(10), lease) switch
    {
        ( < 2, _) => new Completion.Threw(lease, "Broken", "It broke.", null),
        (2, _) => new Completion.Threw(lease, "Broken", "It broke.", _time.GetUtcNow() + TimeSpan.FromMilliseconds(150)),
        (3, _) => new Completion.Released(lease),
        (_, ItemLease item) => new Completion.ItemReturned(item, new ItemOutcome(), "{}"),
        ( < 6, JobLease job) => new Completion.JobReturned(
            job, new JobOutcome.Dispatched("1", [], ["{}", "{}", "{}"], null, 0.5),
            engine.Services.GetRequiredService<JobDrafting>().Draft(new NewJob("nothing", "{}")), [new StageDraft("first", "items"), new StageDraft("second", "items")]),
        (6, JobLease job) => new Completion.JobReturned(job, new JobOutcome.AwaitsChildren("1"), null, []),
        (_, JobLease job) => new Completion.JobReturned(job, new JobOutcome.Succeeded("1"), null, []),
        _ => throw new InvalidOperationException("A lease is for a job or an item."),
    };

    private async Task Count(string what, Task call)
    {
        await call;
        CountIf(what, true);
    }

    private void CountIf(string what, bool took) => _done.AddOrUpdate(took ? what : what + " in vain", 1, (_, n) => n + 1);

    /// <summary>That a job is gone, runs, or was settled by another is an answer; that the database was locked is not.</summary>
    private async Task AllowRefusalAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (PenstockException refused) when (refused.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            CountIf(refused.Code, true);
        }
    }

    private Task RegisterAsync(int connection)
    {
        _workers[connection] = $"worker-{Interlocked.Increment(ref _workerNumber)}";
        return _engines[connection].Store.BeatAsync(Beat(_workers[connection]) with { Registers = true }, Cancel);
    }

    private static WorkerBeat Beat(string worker) => new(worker, "elsewhere", 1, DateTimeOffset.UnixEpoch, Queues, 4, 0, Draining: false);

    private void Configure(PenstockBuilder builder, Func<string, string>? change)
    {
        SkipDurability(builder.Services);
        if (change is not null)
            builder.Services.AddSingleton<SqlDatabase>(p => new RewritingDatabase(Backend(p), change));
        builder.AddQueue(new QueueDefinition("work")).AddQueue(new QueueDefinition("items"));
        builder.AddOperation<Nothing>("nothing", "work", "Never run.");
    }

    private sealed class Nothing : Operation<Nothing.Payload, int>
    {
        public sealed record Payload;

        public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}

using Microsoft.Extensions.DependencyInjection;
using Penstock.Conformance.Stores;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.SqlByHand;

/// <summary>Draws calls of the engine on the jobs of one store, and keeps the leases it got.</summary>
internal sealed class RandomEngine(TestEngine engine, Random random, List<Guid> jobs)
{
    public const string Worker = "worker-a";
    public static readonly string[] Queues = ["work", "again", "single", "items"];

    private readonly List<UnitLease> _leases = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="deletes">Whether jobs may be deleted, too.</param>
    /// <returns>What it is for the statistics, and the call.</returns>
    public (string Kind, Func<Task> Call) Draw(bool deletes)
    {
        int kind = random.Next(20);
        UnitLease? lease = kind is >= 8 and < 15 && _leases.Count > 0 ? _leases[random.Next(_leases.Count)] : null;
        Guid job = jobs.Count == 0 ? Guid.Empty : jobs[random.Next(jobs.Count)];
        int limit = random.Next(1, 4);
        Completion? completion = lease is null ? null : CompletionOf(lease);
        NewJob request = Request();
        return kind switch
        {
            15 => ("engine cancels", () => engine.Client.CancelAsync(job, null, Cancel)),
            16 when deletes => ("engine deletes", () => engine.Client.DeleteAsync(job, Cancel)),
            17 => ("engine requeues", () => engine.Store.RequeueAsync(job, "ada", Cancel)),
            18 => ("engine redrives", RedriveAsync),
            >= 5 and < 8 => ("engine claims", () => ClaimAsync(limit)),
            _ when completion is not null => ("engine finishes", () => engine.Store.ExchangeAsync([completion], null, Cancel)),
            _ => ("engine enqueues", () => EnqueueAsync(request)),
        };
    }

    /// <summary>Claims and ends everything that may run, until nothing is left.</summary>
    public async Task FinishAllAsync()
    {
        // What a worker of before still holds is given back first.
        await engine.Store.GiveBackAsync(Worker, [.. await engine.Store.HeldAsync(Worker, Cancel)], Cancel);
        bool ended = true;
        while (ended)
        {
            await engine.Store.RecoverAsync(TimeSpan.FromHours(1), 3, [], Cancel);
            ended = false;
            foreach (string queue in Queues)
                ended |= await FinishAsync(queue);
        }
    }

    // Queue by queue: each has a time of its own at which a claim looks at what lies below its floors.
    private async Task<bool> FinishAsync(string queue)
    {
        bool ended = false;
        while (true)
        {
            Exchange taken = await engine.Store.ExchangeAsync([], new ClaimRequest(Worker, [queue], 100), Cancel);
            if (taken.Leases.Count > 0)
            {
                List<Completion> ends = [.. taken.Leases.Select(Succeeded)];
                Assert.Empty((await engine.Store.ExchangeAsync(ends, null, Cancel)).Refused);
                ended = true;
            }
            else if (taken.LookAgainAt is { } at)
            {
                TimeSpan wait = at - TimeProvider.System.GetUtcNow();
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, TimeProvider.System, Cancel);
            }
            else if (!taken.More)
            {
                return ended;
            }
        }
    }

    private static Completion Succeeded(UnitLease lease) => lease is ItemLease item
        ? new Completion.ItemReturned(item, new ItemOutcome(), null)
        : new Completion.JobReturned((JobLease)lease, new JobOutcome.Succeeded("1"), null, []);

    private NewJob Request()
    {
        NewJob job = new("nothing", "{}") { QueueName = Queues[random.Next(3)], Priority = random.Next(-2, 3), MaxAttempts = 2 };
        Guid Other() => jobs[random.Next(jobs.Count)];
        return jobs.Count == 0 ? job : random.Next(10) switch
        {
            < 3 => job with { DependsOn = [Other()], OnDependencyFailure = (DependencyFailurePolicy)random.Next(3) },
            3 => job with { ParentJobId = Other() },
            4 => job with { UniqueKey = $"key {random.Next(3)}" },
            5 => job with { Delay = TimeSpan.FromHours(2) },
            _ => job,
        };
    }

    private Completion CompletionOf(UnitLease lease)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        JobLease? job = lease as JobLease;
        return random.Next(10) switch
        {
            0 => new Completion.Threw(lease, "Broken", "It broke.", null),
            1 => new Completion.Threw(lease, "Broken", "It broke.", now),
            2 => new Completion.Snoozed(lease, "busy", job is null ? now : now + TimeSpan.FromHours(1)), // An item's wait stands in no row that a person could change.
            3 => new Completion.Released(lease),
            4 when job is not null => new Completion.JobReturned(job, new JobOutcome.AwaitsChildren("{}"), null, []),
            5 when job is not null => new Completion.JobReturned(
                job, new JobOutcome.Dispatched("{}", ["item"], ["{}", "{}"], null, 0), null, [new StageDraft("item", "items")]),
            _ => Succeeded(lease),
        };
    }

    private async Task ClaimAsync(int limit)
    {
        IReadOnlyList<UnitLease> taken = (await engine.Store.ExchangeAsync([], new ClaimRequest(Worker, Queues, limit), Cancel)).Leases;
        lock (_leases)
            _leases.AddRange(taken);
    }

    private async Task EnqueueAsync(NewJob request)
    {
        Guid id = (await engine.Client.EnqueueAsync(request, Cancel)).JobId;
        lock (_leases)
            jobs.Add(id);
    }

    private async Task RedriveAsync()
    {
        IReadOnlyList<DeadLetter> letters = await engine.Reader.DeadLettersAsync(new DeadLetterFilter { Status = "pending" }, Cancel);
        if (letters.Count > 0)
            await engine.Store.RedriveAsync(letters[0].Id, "ada", Cancel);
    }
}

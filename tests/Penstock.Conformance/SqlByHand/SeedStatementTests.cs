using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.SqlByHand;

/// <summary>The SQL of operators' handbooks, typed into psql as it stands; what the engine does afterwards shows whether it was right.</summary>
public sealed class SeedStatementTests(SeedServer server) : IClassFixture<SeedServer>
{
    private const string Absent = "absent";
    private static readonly TimeSpan Now = TimeSpan.Zero;

    private static readonly Dictionary<string, string> Skipped = new()
    {
        ["S2.008"] = "Looks at worker processes by their name.",
        ["S3.096"] = "A registry of the radio pipeline in SQLite.",
        ["S4.139"] = "The table metrics is not the engine's.",
        ["S4.140"] = "The table health_checks is not the engine's.",
        ["S4.196"] = "The table documents is not the engine's.",
        ["S4.197"] = "The table documents is not the engine's.",
        ["S4.198"] = "The table documents is not the engine's.",
    };

    /// <summary>Sets the stage for a row; what it returns is asked of the engine after the statement.</summary>
    private static readonly Dictionary<string, Func<SeedStage, Task<Func<string, Task>>>> Stages = new()
    {
        ["S0.031"] = async stage =>
        {
            await stage.DispatchAsync(items: 3, claimed: 1);
            return Nothing;
        },
        ["S0.032"] = stage => FailedItemAsync(stage),
        ["S0.047"] = async stage =>
        {
            Guid old = await stage.EnqueueAsync();
            stage.GoTo(TimeSpan.FromDays(29));
            Guid young = (await stage.ClaimAsync(1)).Single().JobId;
            stage.GoTo(Now);
            return async _ =>
            {
                Assert.Equal(old, young);
                Assert.Equal(["job.started"], await stage.EventNamesAsync(old));
            };
        },
        ["S0.048"] = async stage =>
        {
            JobLease done = await stage.StartAsync();
            Assert.True(await stage.SucceedAsync(done));
            JobLease failed = await stage.StartAsync();
            Assert.True(await stage.FailAsync(failed));
            JobLease running = await stage.StartAsync();
            stage.GoTo(TimeSpan.FromDays(29));
            JobLease young = await stage.StartAsync();
            Assert.True(await stage.SucceedAsync(young));
            stage.GoTo(Now);
            return async _ =>
            {
                Assert.Null(await stage.FindAsync(done.JobId));
                Assert.Null(await stage.FindAsync(failed.JobId));
                Assert.Empty(await stage.EventNamesAsync(failed.JobId));
                Assert.Empty(await stage.Engine.Reader.DeadLettersAsync(new DeadLetterFilter(), Cancel));
                Assert.NotNull(await stage.FindAsync(young.JobId));
                Assert.True(await stage.SucceedAsync(running));
            };
        },
        ["S1.014"] = SilentAsync,
        ["S1.015"] = SilentAsync,
        ["S1.027"] = async stage =>
        {
            JobLease lease = await SilentLeaseAsync(stage);
            return async _ =>
            {
                Assert.False(await stage.SucceedAsync(lease));
                Job job = (await stage.FindAsync(lease.JobId))!;
                Assert.Equal((JobStatus.Failed, "ManualTimeout"), (job.Status, job.ErrorCode));
                DeadLetter letter = Assert.Single(await stage.Engine.Reader.DeadLettersAsync(new DeadLetterFilter(), Cancel));
                await stage.Engine.Store.RedriveAsync(letter.Id, "ada", Cancel);
                JobLease next = (await stage.ClaimAsync(10)).Single();
                Assert.Equal((lease.JobId, 2), (next.JobId, next.Attempt));
                Assert.True(await stage.SucceedAsync(next));
            };
        },
        ["S1.028"] = async stage =>
        {
            JobLease lease = await SilentLeaseAsync(stage);
            return async _ =>
            {
                JobEvent told = (await stage.Engine.Reader.EventsAsync(lease.JobId, 0, 100, Cancel))[^1];
                Assert.Equal(("job.timeout", JobEventLevel.Error, "{}"), (told.Name, told.Level, told.Fields));
                Assert.True(await stage.SucceedAsync(lease)); // An event alone changes nothing of the job.
            };
        },
        ["S1.039"] = stage => FailedItemAsync(stage),
        ["S2.004"] = async stage =>
        {
            await stage.StartAsync();
            return Nothing;
        },
        ["S2.024"] = async stage =>
        {
            foreach (ItemLease item in await stage.DispatchAsync(items: 1_000, claimed: 1_000))
                Assert.True(await stage.EndAsync(new Completion.ItemReturned(item, new ItemOutcome(), null)));
            return Nothing;
        },
        ["S3.022"] = async stage =>
        {
            await stage.MixAsync();
            await stage.Engine.Store.GiveBackAsync("worker-1", [.. await stage.Engine.Store.HeldAsync("worker-1", Cancel)], Cancel);
            return Nothing;
        },
        ["S3.036"] = FailedTasksAsync,
        ["S3.038"] = FailedTasksAsync,
        ["S3.049"] = async stage =>
        {
            List<Guid> failed = await stage.FailManyAsync(12);
            stage.GoTo(Now);
            return async _ =>
            {
                List<JobLease> again = await stage.ClaimAsync(100);
                Assert.Equal(failed.Order(), again.Select(l => l.JobId).Order());
                Assert.All(again, lease => Assert.Equal(2, lease.Attempt));
                foreach (JobLease lease in again)
                    Assert.True(await stage.SucceedAsync(lease));
                Assert.Equal(
                    ["job.created", "job.started", "job.failed", "job.redriven", "job.started", "job.succeeded"], await stage.EventNamesAsync(failed[0]));
                Assert.All(
                    await stage.Engine.Reader.DeadLettersAsync(new DeadLetterFilter(), Cancel), letter => Assert.Equal("redriven", letter.Status));
            };
        },
        ["S3.053"] = async stage =>
        {
            await stage.PendAsync(25);
            return async _ =>
            {
                List<JobLease> all = await stage.ClaimAsync(100);
                int preferred = all.Count(l => l.Operation == "calibration-solve");
                Assert.Equal((25, 8), (all.Count, preferred));
                JobLease next = (await OneByOneAsync(stage, all))[0];
                Assert.Equal("calibration-solve", next.Operation);
            };
        },
        ["S3.057"] = async stage =>
        {
            await stage.PendAsync(25);
            return async _ =>
            {
                List<JobLease> all = await stage.ClaimAsync(100);
                Assert.Equal(16, all.Count);
                Assert.DoesNotContain(all, lease => lease.Operation == "validation");
                QueueState queue = (await stage.Engine.Reader.QueuesAsync(Cancel)).Single(q => q.Name == SeedStage.Queue);
                Assert.Equal(9, queue.Cancelled);
            };
        },
        ["S3.083"] = async stage =>
        {
            stage.GoTo(TimeSpan.FromHours(3));
            await stage.StartAsync();
            stage.GoTo(Now);
            return Nothing;
        },
        ["S3.124"] = async stage =>
        {
            await stage.PendAsync(25);
            return Nothing;
        },
        ["S4.106"] = async stage =>
        {
            Operator holder = await Operator.ConnectAsync(stage.Store, Cancel);
            Operator waiter = await Operator.ConnectAsync(stage.Store, Cancel);
            await holder.DoAsync("select pg_advisory_lock(7)", Cancel);
            Task<int> waits = waiter.DoAsync("select pg_advisory_lock(7)", Cancel);
            while ((await holder.ReadAsync("select 1 from pg_locks where not granted", Cancel)).Length == 0)
                await Task.Yield();
            return async output =>
            {
                Assert.Contains("(1 row)", output, StringComparison.Ordinal);
                await holder.DisposeAsync();
                await waits;
                await waiter.DisposeAsync();
            };
        },
    };

    public static TheoryData<string> Rows() => SeedRow.ArePresent ? [.. SeedRow.ReadAll().Select(row => row.Id)] : [Absent];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_statement_of_a_handbook_works_as_it_stands(string id)
    {
        Assert.SkipWhen(id == Absent, SeedRow.SkipReason);
        Assert.SkipWhen(Skipped.ContainsKey(id), Skipped.GetValueOrDefault(id, ""));
        SeedRow row = SeedRow.ReadAll().Single(r => r.Id == id);
        await using SeedStage stage = await SeedStage.SetAsync(server.NewDatabase(row.Database));
        Func<string, Task> ask = Stages.TryGetValue(id, out Func<SeedStage, Task<Func<string, Task>>>? set) ? await set(stage) : await MixedAsync(stage);

        (string output, string error) = await server.RunAsync(row, row.With(stage.Ids), Cancel);

        Assert.Empty(row.Misses(output, error));
        await ask(output);
        Assert.Empty(await HintRules.ViolationsAsync(stage.Engine.Database, Cancel));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task Nothing(string output) => Task.CompletedTask;

    // Reads, and upkeep of the whole database: afterwards the work goes on.
    private static async Task<Func<string, Task>> MixedAsync(SeedStage stage)
    {
        stage.GoTo(Now);
        await stage.MixAsync();
        return async _ =>
        {
            List<JobLease> rest = await stage.ClaimAsync(100);
            Assert.Equal(2, rest.Count);
            Assert.True(await stage.SucceedAsync(rest[0]));
        };
    }

    private static async Task<Func<string, Task>> SilentAsync(SeedStage stage)
    {
        await SilentLeaseAsync(stage);
        return Nothing;
    }

    private static async Task<JobLease> SilentLeaseAsync(SeedStage stage)
    {
        stage.GoTo(TimeSpan.FromHours(2));
        JobLease lease = await stage.StartAsync();
        stage.GoTo(TimeSpan.FromMinutes(90));
        await stage.TellAsync(lease);
        stage.GoTo(Now);
        return lease;
    }

    private static async Task<Func<string, Task>> FailedTasksAsync(SeedStage stage)
    {
        await stage.FailManyAsync(12);
        return Nothing;
    }

    private static async Task<Func<string, Task>> FailedItemAsync(SeedStage stage)
    {
        stage.GoTo(Now);
        foreach (ItemLease item in await stage.DispatchAsync(items: 3, claimed: 1))
            Assert.True(await stage.FailAsync(item));
        return Nothing;
    }

    /// <summary>Gives everything back, and takes it again one at a time.</summary>
    private static async Task<List<JobLease>> OneByOneAsync(SeedStage stage, List<JobLease> all)
    {
        foreach (JobLease lease in all)
            Assert.True(await stage.EndAsync(new Completion.Released(lease)));
        List<JobLease> taken = [];
        while (taken.Count < all.Count)
            taken.AddRange(await stage.ClaimAsync(1));
        return taken;
    }
}

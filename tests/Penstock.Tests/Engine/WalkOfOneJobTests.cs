using System.Text.Json;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Engine;

/// <summary>One job, one batch, from enqueue to their ends, over the real store and worker.</summary>
public sealed class WalkOfOneJobTests
{
    private static readonly RetryPolicy Quick = new(3, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5));
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_walks_from_enqueue_to_its_result_with_an_event_for_every_step()
    {
        await using TestEngine engine = await TestEngine.StartAsync(Configure);
        engine.RunWorker();

        EnqueueResult enqueued = await engine.Client.EnqueueAsync(new NewJob("add", """{"a":2,"b":3}"""), Cancel);
        Job job = await engine.WaitForEndAsync(enqueued.JobId);

        Assert.Equal((JobStatus.Succeeded, 1, """{"sum":5}"""), (job.Status, job.Attempt, job.Result));
        IReadOnlyList<JobEvent> events = await engine.Reader.EventsAsync(job.Id, after: 0, 100, Cancel);
        Assert.Equal(["job.created", "job.started", "add.done", "job.succeeded"], events.Select(e => e.Name));
        Assert.Equal(5, JsonDocument.Parse(events[2].Fields).RootElement.GetProperty("sum").GetInt32());
    }

    [Fact]
    public async Task A_job_that_fails_is_tried_again_and_becomes_a_dead_letter_that_can_be_redriven()
    {
        await using TestEngine engine = await TestEngine.StartAsync(Configure);
        engine.RunWorker();
        Flaky.FailuresLeft = 3;

        EnqueueResult enqueued = await engine.Client.EnqueueAsync(new NewJob("flaky", "{}"), Cancel);
        Job failed = await engine.WaitForEndAsync(enqueued.JobId);
        Assert.Equal((JobStatus.Failed, 3, "TimeoutException"), (failed.Status, failed.Attempt, failed.ErrorCode));

        DeadLetter letter = Assert.Single(await engine.Reader.DeadLettersAsync(new DeadLetterFilter(Status: "pending"), Cancel));
        await engine.Client.RedriveAsync(letter.Id, "tester", Cancel);
        Job redriven = await engine.WaitForEndAsync(enqueued.JobId);
        Assert.Equal((JobStatus.Succeeded, 4), (redriven.Status, redriven.Attempt));
        await Assert.ThrowsAsync<DeadLetterSettledException>(() => engine.Client.RedriveAsync(letter.Id, "tester", Cancel));
    }

    [Fact]
    public async Task A_batch_closes_its_parent_once_with_exact_progress_and_its_continuation()
    {
        await using TestEngine engine = await TestEngine.StartAsync(Configure);
        engine.RunWorker();

        EnqueueResult enqueued = await engine.Client.EnqueueAsync(new NewJob("fan", """{"count":250}"""), Cancel);
        Job parent = await engine.WaitForEndAsync(enqueued.JobId);

        Assert.Equal((JobStatus.Succeeded, 250L, 250L), (parent.Status, parent.ProgressCurrent, parent.ProgressTotal));
        IReadOnlyList<Job> continuations = await engine.Reader.ListAsync(new JobFilter(Operation: "add"), Cancel);
        Assert.Equal(JobStatus.Succeeded, (await engine.WaitForEndAsync(Assert.Single(continuations).Id)).Status);
        Assert.Equal(
            [(0, 250L, 0L), (1, 250L, 0L)],
            (await engine.Reader.BatchAsync(parent.Id, Cancel)).Select(s => (s.Stage, s.Done, s.Failed)));
    }

    [Fact]
    public async Task A_running_job_that_is_cancelled_sees_its_token_within_a_second_and_stays_cancelled()
    {
        await using TestEngine engine = await TestEngine.StartAsync(Configure);
        engine.RunWorker();
        EnqueueResult enqueued = await engine.Client.EnqueueAsync(new NewJob("forever", "{}"), Cancel);
        await Forever.Started.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        long before = TimeProvider.System.GetTimestamp();
        CancelResult cancelled = await engine.Client.CancelAsync(enqueued.JobId, "enough", Cancel);
        await Forever.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        Assert.Equal(JobStatus.Cancelled, cancelled.Job.Status);
        Assert.True(TimeProvider.System.GetElapsedTime(before) < TimeSpan.FromSeconds(1));
        Assert.Equal(JobStatus.Cancelled, (await engine.Reader.FindAsync(enqueued.JobId, Cancel))!.Status);
    }

    [Fact]
    public async Task An_item_that_runs_into_its_timeout_fails_for_good_with_its_code()
    {
        await using TestEngine engine = await TestEngine.StartAsync(builder => builder
            .AddOperation<OneSlowItem>("slow", "slow", "Sends one item.")
            .AddItemOperation<SlowItem>("slow_item", "slow.batch", "Never ends.", RetryPolicy.Never, TimeSpan.FromMilliseconds(20)));
        engine.RunWorker();
        Job job = await engine.WaitForEndAsync((await engine.Client.EnqueueAsync(new NewJob("slow", """{"number":1}"""), Cancel)).JobId);
        DeadLetter letter = Assert.Single(await engine.Reader.DeadLettersAsync(new DeadLetterFilter(), Cancel));
        Assert.Equal((JobStatus.Failed, "AllChildrenFailed", "AttemptTimeout"), (job.Status, job.ErrorCode, letter.ErrorCode));
    }

    private static void Configure(PenstockBuilder builder) => builder
        .AddOperation<Add>("add", "sums", "Adds two numbers.")
        .AddOperation<Flaky>("flaky", "sums", "Fails a few times.", Quick)
        .AddOperation<Forever>("forever", "sums", "Runs until it is stopped.")
        .AddOperation<Fan>("fan", "fans", "Sends items.")
        .AddItemOperation<FanItem>("fan_item", "fans.batch", "Passes an item on.", Quick)
        .AddItemOperation<FanWrite>("fan_write", "fans.write", "Ends an item.", Quick);

    private sealed class Add : Operation<Add.Payload, Add.Result>
    {
        public sealed record Payload(int A, int B);
        public sealed record Result(int Sum);

        public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            await job.EmitAsync("add.done", new Result(payload.A + payload.B), cancellationToken);
            return new Result(payload.A + payload.B);
        }
    }

    private sealed class Flaky : Operation<Flaky.Payload, string>
    {
        public static int FailuresLeft;

        public sealed record Payload;

        public override Task<string> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) =>
            Interlocked.Decrement(ref FailuresLeft) >= 0 ? throw new TimeoutException("The source did not answer.") : Task.FromResult("ok");
    }

    private sealed class Forever : Operation<Forever.Payload, string>
    {
        public static readonly TaskCompletionSource Started = new();
        public static readonly TaskCompletionSource Stopped = new();

        public sealed record Payload;

        public override async Task<string> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            Started.TrySetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, job.Time, cancellationToken);
            }
            finally
            {
                Stopped.TrySetResult();
            }
            return "";
        }
    }

    private sealed class Fan : Coordinator<Fan.Payload, Fan.Result>
    {
        public sealed record Payload(int Count);
        public sealed record Result(int Count);

        public override Task<BatchPlan<Result>> PlanAsync(Payload payload, JobContext job, CancellationToken cancellationToken) =>
            Task.FromResult(
                new BatchPlan<Result>(
                    new Result(payload.Count), ["fan_item", "fan_write"],
                    Enumerable.Range(0, payload.Count).Select(i => (object)new FanItem.Item(i)).ToList())
                {
                    Continuation = new NewJob("add", """{"a":1,"b":1}"""),
                });
    }

    private sealed class FanItem : ItemOperation<FanItem.Item>
    {
        public sealed record Item(int Number);

        public override Task<ItemOutcome> RunAsync(Item item, ItemContext context, CancellationToken cancellationToken) =>
            Task.FromResult(new ItemOutcome(Next: item));
    }

    private sealed class FanWrite : ItemOperation<FanItem.Item>
    {
        public override Task<ItemOutcome> RunAsync(FanItem.Item item, ItemContext context, CancellationToken cancellationToken) =>
            Task.FromResult(new ItemOutcome());
    }

    private sealed class OneSlowItem : Coordinator<FanItem.Item, string>
    {
        public override Task<BatchPlan<string>> PlanAsync(FanItem.Item payload, JobContext job, CancellationToken cancellationToken) =>
            Task.FromResult(new BatchPlan<string>("sent", ["slow_item"], [new FanItem.Item(1)]));
    }

    private sealed class SlowItem : ItemOperation<FanItem.Item>
    {
        public override async Task<ItemOutcome> RunAsync(FanItem.Item item, ItemContext context, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken);
            return new ItemOutcome();
        }
    }
}

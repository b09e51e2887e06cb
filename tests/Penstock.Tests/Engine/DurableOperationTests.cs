using System.Collections.Concurrent;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Engine;

/// <summary>Operations with steps, sleeps, signals and awaited children, over the real store and worker.</summary>
public sealed class DurableOperationTests
{
    private static readonly RetryPolicy Quick = new(3, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5));
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_completed_step_is_not_run_again_by_the_next_attempt_nor_after_a_redrive()
    {
        await using TestEngine engine = await StartAsync();
        Counts counts = Counts.For("fails-late");
        Job failed = await RunAsync(engine, "stepping", """{"key":"fails-late","failures":3}""");
        Assert.Equal((JobStatus.Failed, 3, 1, 3), (failed.Status, failed.Attempt, counts.First, counts.Second));
        await engine.Client.RedriveAsync((await LettersAsync(engine))[0].Id, null, Cancel);
        Job done = await engine.WaitForEndAsync(failed.Id);
        Assert.Equal((JobStatus.Succeeded, "\"1:a,a#2,a#3\"", 1, 4), (done.Status, done.Result, counts.First, counts.Second));
    }

    [Fact]
    public async Task A_sleep_frees_the_slot_and_the_operation_goes_on_after_it()
    {
        await using TestEngine engine = await StartAsync();
        Job done = await RunAsync(engine, "sleeping", "{}");
        Assert.Equal((JobStatus.Succeeded, 2), (done.Status, done.Attempt));
        Assert.True(TimeSpan.Parse(done.Result!.Trim('"'), null) >= TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public async Task Catching_the_suspension_does_not_undo_it()
    {
        await using TestEngine engine = await StartAsync();
        Job done = await RunAsync(engine, "greedy", "{}");
        Assert.Equal((JobStatus.Succeeded, 2, "\"after the sleep\""), (done.Status, done.Attempt, done.Result));
    }

    [Fact]
    public async Task A_signal_goes_on_with_its_payload_and_a_missing_one_is_an_error_that_the_operation_may_catch()
    {
        await using TestEngine engine = await StartAsync();
        EnqueueResult asked = await engine.Client.EnqueueAsync(new NewJob("asking", """{"timeout_ms":60000}"""), Cancel);
        await WaitForAsync(engine, asked.JobId, "signal");
        Assert.True(await engine.Client.SendSignalAsync(SignalNames.Own(asked.JobId, "approved"), """{"by":"ada"}""", "ada", Cancel));
        Assert.Equal("\"approved by ada\"", (await engine.WaitForEndAsync(asked.JobId)).Result);

        Job timedOut = await RunAsync(engine, "asking", """{"timeout_ms":20}""");
        Assert.Equal("\"nobody answered\"", timedOut.Result);
    }

    [Fact]
    public async Task Awaited_children_give_their_results_in_order_and_their_failure_can_be_caught()
    {
        await using TestEngine engine = await StartAsync();
        Job done = await RunAsync(engine, "parent", """{"numbers":[1,2,3]}""");
        Assert.Equal((JobStatus.Succeeded, "12"), (done.Status, done.Result));
        Job saved = await RunAsync(engine, "parent", """{"numbers":[1,-1]}""");
        Assert.Equal((JobStatus.Succeeded, "-1"), (saved.Status, saved.Result));
        Assert.Equal("NegativeNumber", Assert.Single(await LettersAsync(engine)).ErrorCode);
    }

    [Theory]
    [InlineData("big", "step-output-too-large")]
    [InlineData("hash", "step-invalid")]
    [InlineData("changed", "step-changed")]
    [InlineData("blank-signal", "signal-invalid")]
    [InlineData("long-sleep", "step-invalid")]
    public async Task Misused_steps_fail_at_once_with_their_code(string misuse, string code)
    {
        await using TestEngine engine = await StartAsync();
        Job failed = await RunAsync(engine, "misusing", $$"""{"misuse":"{{misuse}}"}""");
        Assert.Equal((JobStatus.Failed, code), (failed.Status, failed.ErrorCode));
    }

    [Fact]
    public async Task A_payload_that_does_not_fit_its_operation_is_refused_at_enqueue()
    {
        await using TestEngine engine = await StartAsync();
        InvalidPayloadException error = await Assert.ThrowsAsync<InvalidPayloadException>(
            () => engine.Client.EnqueueAsync(new NewJob("parent", """{"numbers":"many"}"""), Cancel));
        Assert.Contains("$.numbers", error.Message);
    }

    private static async Task<TestEngine> StartAsync()
    {
        TestEngine engine = await TestEngine.StartAsync(builder => builder
            .AddOperation<Stepping>("stepping", "flow", "Steps.", Quick)
            .AddOperation<Sleeping>("sleeping", "flow", "Sleeps.")
            .AddOperation<Greedy>("greedy", "flow", "Catches everything.")
            .AddOperation<Asking>("asking", "flow", "Waits for a signal.")
            .AddOperation<Parent>("parent", "flow", "Awaits children.")
            .AddOperation<Doubling>("doubling", "flow", "Doubles a number.", RetryPolicy.Never)
            .AddOperation<Misusing>("misusing", "flow", "Does it wrong."));
        engine.RunWorker();
        return engine;
    }

    private static async Task<Job> RunAsync(TestEngine engine, string operation, string payload) =>
        await engine.WaitForEndAsync((await engine.Client.EnqueueAsync(new NewJob(operation, payload), Cancel)).JobId);

    private static Task<IReadOnlyList<DeadLetter>> LettersAsync(TestEngine engine) =>
        engine.Reader.DeadLettersAsync(new DeadLetterFilter(Status: "pending"), Cancel);

    private static async Task WaitForAsync(TestEngine engine, Guid jobId, string waitingFor)
    {
        while ((await engine.Reader.FindAsync(jobId, Cancel))!.WaitingFor != waitingFor)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
    }

    private sealed class Counts
    {
        private static readonly ConcurrentDictionary<string, Counts> All = new(StringComparer.Ordinal);
        public int First;
        public int Second;

        public static Counts For(string key) => All.GetOrAdd(key, _ => new Counts());
    }

    private sealed class Stepping : Operation<Stepping.Payload, string>
    {
        public sealed record Payload(string Key, int Failures);

        public override async Task<string> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            Counts counts = Counts.For(payload.Key);
            int first = await job.StepAsync("first", _ => Task.FromResult(++counts.First), cancellationToken);
            List<string> names = [];
            foreach (string name in (string[])["a", "a#2", "a#3"])
                names.Add(await job.StepAsync("a", _ => Task.FromResult(name), cancellationToken));
            await job.StepAsync(
                "second",
                _ => ++counts.Second <= payload.Failures ? throw new TimeoutException("not yet") : Task.CompletedTask, cancellationToken);
            return $"{first}:{string.Join(',', names)}";
        }
    }

    private sealed class Sleeping : Operation<Sleeping.Payload, TimeSpan>
    {
        public sealed record Payload;

        public override async Task<TimeSpan> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            DateTimeOffset began = await job.StepAsync("begin", _ => Task.FromResult(job.Time.GetUtcNow()), cancellationToken);
            await job.SleepAsync("nap", TimeSpan.FromMilliseconds(30), cancellationToken);
            return job.Time.GetUtcNow() - began;
        }
    }

    private sealed class Greedy : Operation<Sleeping.Payload, string>
    {
        public override async Task<string> RunAsync(Sleeping.Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            try
            {
                await job.SleepAsync("nap", TimeSpan.FromMilliseconds(5), cancellationToken);
            }
            catch (Exception)
            {
                return "caught it";
            }
            return "after the sleep";
        }
    }

    private sealed class Asking : Operation<Asking.Payload, string>
    {
        public sealed record Payload(int TimeoutMs);
        public sealed record Approval(string By);

        public override async Task<string> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            try
            {
                Approval approval = await job.WaitForSignalAsync<Approval>(
                    job.OwnSignal("approved"), TimeSpan.FromMilliseconds(payload.TimeoutMs), cancellationToken);
                return $"approved by {approval.By}";
            }
            catch (SignalTimeoutException)
            {
                return "nobody answered";
            }
        }
    }

    private sealed class Parent : Operation<Parent.Payload, int>
    {
        public sealed record Payload(IReadOnlyList<int> Numbers);

        public override async Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            try
            {
                IReadOnlyList<int> doubled = await job.RunChildrenAsync<int>(
                    "double", payload.Numbers.Select(n => new NewJob("doubling", $$"""{"number":{{n}}}""")).ToList(), cancellationToken);
                return doubled.Sum();
            }
            catch (ChildFailedException failure) when (failure.ChildErrorCode == "NegativeNumber")
            {
                return -1;
            }
        }
    }

    private sealed class Doubling : Operation<Doubling.Payload, int>
    {
        public sealed record Payload(int Number);

        public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) =>
            payload.Number < 0 ? throw new NegativeNumber() : Task.FromResult(2 * payload.Number);
    }

    private sealed class NegativeNumber() : Exception("The number is negative.");

    private sealed class Misusing : Operation<Misusing.Payload, string>
    {
        public sealed record Payload(string Misuse);

        public override async Task<string> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            switch (payload.Misuse)
            {
                case "big":
                    await job.StepAsync("big", _ => Task.FromResult(new string('x', 1_048_576)), cancellationToken);
                    break;
                case "hash":
                    await job.StepAsync("a#2", _ => Task.FromResult(1), cancellationToken);
                    break;
                case "changed":
                    await job.SleepAsync(job.Attempt == 1 ? "nap" : "other", TimeSpan.FromMilliseconds(200), cancellationToken);
                    await job.StepAsync("nap", _ => Task.FromResult(1), cancellationToken);
                    break;
                case "blank-signal":
                    await job.WaitForSignalAsync<int>("two words", null, cancellationToken);
                    break;
                default:
                    await job.SleepAsync("eternity", TimeSpan.FromDays(100_000), cancellationToken);
                    break;
            }
            return "";
        }
    }
}

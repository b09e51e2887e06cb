using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Outcomes;
using Xunit;

namespace Penstock.Tests.TestKit;

/// <summary>What the test kit promises to those who test their operations with it.</summary>
public sealed class TestHostTests
{
    private static readonly RetryPolicy Twice = new(3, TimeSpan.FromMinutes(10), TimeSpan.FromHours(1));

    [Fact]
    public async Task A_job_runs_to_its_result_with_its_events()
    {
        await using PenstockTestHost host = await StartAsync();
        JobRun<Number> run = await host.RunAsync<Number>("double", new Number(21));
        Assert.Equal((JobStatus.Succeeded, 42, 1), (run.Status, run.Result.Value, run.Attempts));
        Assert.Equal(["job.created", "job.started", "number.doubled", "job.succeeded"], run.EventNames);
        Assert.Null(run.Exception);
        Assert.Equal(new PenstockTestOptions().Start, host.Time.GetUtcNow());
    }

    [Fact]
    public async Task Retries_pass_in_the_hosts_time()
    {
        await using PenstockTestHost host = await StartAsync();
        DateTimeOffset before = host.Time.GetUtcNow();
        JobRun<int> run = await host.RunAsync<int>("fails_first", new Number(2));
        Assert.Equal((3, 3), (run.Result, run.Attempts));
        Assert.InRange(host.Time.GetUtcNow() - before, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(45));
    }

    [Fact]
    public async Task A_job_that_fails_for_good_shows_what_was_thrown()
    {
        await using PenstockTestHost host = await StartAsync();
        JobRun<int> run = (await host.RunAsync<int>("fails_first", new Number(99))).AssertFailed("TimeoutException");
        Assert.Equal("Attempt 3 got no answer.", Assert.IsType<TimeoutException>(run.Exception).Message);
        string told = Assert.Throws<PenstockAssertionException>(() => run.Result).Message;
        Assert.Contains("fails_first failed after 3 attempts: TimeoutException Attempt 3 got no answer.", told, StringComparison.Ordinal);
        Assert.Throws<PenstockAssertionException>(() => run.AssertFailed("OtherException"));
    }

    [Fact]
    public async Task What_the_test_enqueues_waits_until_the_host_is_told_to_run()
    {
        await using PenstockTestHost host = await StartAsync();
        EnqueueResult job = await host.EnqueueAsync("double", new Number(1));
        Assert.Equal(JobStatus.Queued, (await host.ResultOfAsync<Number>(job.JobId)).Status);
        await host.RunUntilIdleAsync();
        Assert.Equal(2, (await host.ResultOfAsync<Number>(job.JobId)).Result.Value);
    }

    [Fact]
    public async Task A_delayed_job_runs_at_its_instant_and_not_before()
    {
        await using PenstockTestHost host = await StartAsync();
        DateTimeOffset start = host.Time.GetUtcNow();
        EnqueueResult job = await host.EnqueueAsync(NewJob.Of("double", new Number(1)) with { Delay = TimeSpan.FromDays(3) });
        await host.AdvanceAsync(TimeSpan.FromDays(3) - TimeSpan.FromSeconds(1));
        Assert.Equal(JobStatus.Queued, (await host.ResultOfAsync<Number>(job.JobId)).Status);
        await host.AdvanceAsync(TimeSpan.FromDays(1));
        JobRun<Number> run = await host.ResultOfAsync<Number>(job.JobId);
        Assert.Equal((JobStatus.Succeeded, start.AddDays(3)), (run.Status, run.Job.StartedAt!.Value));
        Assert.Equal(start.AddDays(4).AddSeconds(-1), host.Time.GetUtcNow());
    }

    [Fact]
    public async Task An_operation_that_waits_for_time_gets_it_from_the_test()
    {
        await using PenstockTestHost host = await StartAsync();
        EnqueueResult job = await host.EnqueueAsync("waits", new Number(2));
        await host.RunUntilIdleAsync();
        await host.AdvanceAsync(TimeSpan.FromMinutes(119));
        Assert.Equal(JobStatus.Running, (await host.ResultOfAsync<DateTimeOffset>(job.JobId)).Status);
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(host.Time.GetUtcNow(), (await host.ResultOfAsync<DateTimeOffset>(job.JobId)).Result);
    }

    [Fact]
    public async Task An_operation_that_asks_the_outside_is_waited_for_and_its_time_limit_does_not_strike()
    {
        await using PenstockTestHost host = await StartAsync();
        Assert.Equal(8, (await host.RunAsync<int>("asks", new Number(7))).Result);
        Assert.Equal(new PenstockTestOptions().Start, host.Time.GetUtcNow());
    }

    [Fact]
    public async Task A_jobs_own_time_limit_strikes_in_the_hosts_time()
    {
        await using PenstockTestHost host = await StartAsync();
        JobRun<DateTimeOffset> run = await host.RunAsync<DateTimeOffset>(
            NewJob.Of("waits", new Number(5)) with { Timeout = TimeSpan.FromHours(1), MaxAttempts = 1 });
        run.AssertFailed("AttemptTimeout");
        Assert.Equal(TimeSpan.FromHours(1), host.Time.GetUtcNow() - new PenstockTestOptions().Start);
    }

    [Fact]
    public async Task Assertions_see_what_operations_enqueued_and_list_it_when_they_fail()
    {
        await using PenstockTestHost host = await StartAsync();
        await host.RunAsync<int>("sends", new Number(3));
        Assert.Equal(2, (await host.Jobs.AssertEnqueuedAsync<Number>("double", n => n.Value == 2)).Payload<Number>().Value);
        await host.Jobs.AssertCountAsync(3, "double");
        await host.Jobs.AssertNotEnqueuedAsync("waits");
        await host.Jobs.AssertNotEnqueuedAsync("double", job => job.Status != JobStatus.Succeeded);

        string missing = (await Assert.ThrowsAsync<PenstockAssertionException>(() => host.Jobs.AssertEnqueuedAsync<Number>("double", n => n.Value == 3))).Message;
        Assert.Equal(
            """
            No job of double that satisfies the condition was enqueued. Enqueued:
              sends {"value":3} (succeeded in numbers)
              double {"value":0} (succeeded in numbers)
              double {"value":1} (succeeded in numbers)
              double {"value":2} (succeeded in numbers)
            """, missing);
        await Assert.ThrowsAsync<PenstockAssertionException>(() => host.Jobs.AssertNotEnqueuedAsync("double"));
        await Assert.ThrowsAsync<PenstockAssertionException>(() => host.Jobs.AssertCountAsync(2, "double"));
    }

    [Fact]
    public async Task A_service_override_takes_the_place_of_the_real_service()
    {
        await using PenstockTestHost host = await StartAsync(o => o.ServiceOverrides = services => services.AddSingleton<IGreeting, FakeGreeting>());
        Assert.Equal("fake", (await host.RunAsync<string>("greets", new Nothing())).Result);
    }

    [Fact]
    public async Task Two_hosts_with_one_seed_give_the_same_ids_times_and_events()
    {
        Assert.Equal(await StoryAsync(), await StoryAsync());

        static async Task<string> StoryAsync()
        {
            await using PenstockTestHost host = await StartAsync(o => o.Slots = 4);
            await host.RunAsync<int>("sends", new Number(20));
            await host.RunAsync<int>("fails_first", new Number(2));
            IReadOnlyList<JobEvent> events = await host.Reader.EventsAfterAsync(0, 500, CancellationToken.None);
            return string.Join('\n', events.Select(e => $"{e.Id} {e.JobId} {e.At:O} {e.Name} {e.Fields}"));
        }
    }

    [Fact]
    public async Task A_job_that_never_ends_is_told_of_instead_of_waited_for()
    {
        await using PenstockTestHost host = await StartAsync(o => o.LongestRun = TimeSpan.FromHours(2));
        string told = (await Assert.ThrowsAsync<PenstockAssertionException>(() => host.RunAsync<DateTimeOffset>("waits", new Number(100)))).Message;
        Assert.StartsWith("waits is running after 02:00:00 of the host's time.\nEvents: job.created, job.started", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_a_host_stops_what_still_runs()
    {
        PenstockTestHost host = await StartAsync();
        await host.EnqueueAsync("waits", new Number(1_000));
        await host.RunUntilIdleAsync();
        await host.DisposeAsync();
        Assert.Equal(TimeSpan.Zero, host.Time.Elapsed);
    }

    [Fact]
    public async Task Steps_sleeps_signals_and_children_run_in_the_hosts_time()
    {
        await using PenstockTestHost host = await StartAsync();
        int before = LongStory.StepsRun;
        Guid job = (await host.EnqueueAsync("story", new Number(4))).JobId;
        await host.AdvanceAsync(TimeSpan.FromDays(3));
        Assert.Equal("signal", (await host.ResultOfAsync<string>(job)).Job.WaitingFor);
        await host.Client.SendSignalAsync("answer", """{"value":21}""", "tester", TestContext.Current.CancellationToken);
        await host.RunUntilIdleAsync();

        JobRun<string> run = await host.ResultOfAsync<string>(job);
        Assert.Equal(("5 42", 1), (run.Result, LongStory.StepsRun - before));
        Assert.Null(run.Exception);
        Assert.Equal(TimeSpan.FromDays(3), host.Time.Elapsed);
    }

    private static Task<PenstockTestHost> StartAsync(Action<PenstockTestOptions>? options = null) => PenstockTestHost.StartAsync(
        builder => builder
            .AddOperation<Double>("double", "numbers", "Doubles a number.")
            .AddOperation<FailsFirst>("fails_first", "numbers", "Fails a few times.", Twice)
            .AddOperation<WaitsForTime>("waits", "numbers", "Waits some hours.")
            .AddOperation<AsksOutside>("asks", "numbers", "Asks another thread.")
            .AddOperation<LongStory>("story", "numbers", "Takes days.")
            .AddOperation<Sends>("sends", "numbers", "Enqueues jobs.")
            .AddOperation<Greets>("greets", "numbers", "Greets.")
            .Services.AddSingleton<IGreeting, RealGreeting>(),
        options, TestContext.Current.CancellationToken);
}

using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Exec;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Workers;
using Penstock.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Penstock.Tests.Engine;

/// <summary>Operations that only remote workers run: this program keeps their jobs and leaves them alone.</summary>
public sealed class ExternalOperationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_of_this_program_never_claims_from_a_queue_of_external_operations()
    {
        await using TestEngine engine = await TestEngine.StartAsync(Configure);
        engine.RunWorker();
        Guid outside = (await engine.Client.EnqueueAsync(new NewJob("outside", """{"any":1}"""), Cancel)).JobId;
        Guid inside = (await engine.Client.EnqueueAsync(new NewJob("inside", "{}"), Cancel)).JobId;

        Assert.Equal(JobStatus.Succeeded, (await engine.WaitForEndAsync(inside)).Status);
        Job waiting = (await engine.Reader.FindAsync(outside, Cancel))!;
        Assert.Equal((JobStatus.Queued, 0, "remote", 7), (waiting.Status, waiting.Attempt, waiting.QueueName, waiting.MaxAttempts));
        Assert.Equal(["programs"], (await engine.Reader.WorkersAsync(Cancel)).Single().Queues);
    }

    [Theory]
    [InlineData("outside", "programs")]
    [InlineData("outside", "plain")]
    [InlineData("inside", "remote")]
    public async Task A_job_cannot_be_sent_to_a_queue_whose_workers_cannot_run_it(string operation, string queue)
    {
        await using TestEngine engine = await TestEngine.StartAsync(builder => Configure(builder.AddQueue(new QueueDefinition("plain"))));
        InvalidJobException error = await Assert.ThrowsAsync<InvalidJobException>(
            () => engine.Client.EnqueueAsync(new NewJob(operation, "{}") { QueueName = queue }, Cancel));
        Assert.Contains($"'{queue}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_told_to_take_from_such_a_queue_does_not_start()
    {
        WorkerOptions options = new();
        options.Queues.Add("remote");
        await using TestEngine engine = await TestEngine.StartAsync(Configure, before: services => services.AddSingleton(options));
        Assert.Equal("queue-external", Assert.Throws<QueueExternalException>(engine.Services.GetRequiredService<Worker>).Code);
    }

    [Fact]
    public async Task A_queue_that_would_hold_both_kinds_is_refused_at_start_with_both_names()
    {
        QueueMixedException error = await Assert.ThrowsAsync<QueueMixedException>(
            () => TestEngine.StartAsync(builder => Configure(builder.AddExternalOperation("stranger", "programs", ""))));
        Assert.Contains("'stranger'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'inside'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operation_declared_twice_is_refused_at_start() =>
        await Assert.ThrowsAsync<OperationDeclaredTwiceException>(
            () => TestEngine.StartAsync(builder => Configure(builder.AddExternalOperation("outside", "remote", ""))));

    private static void Configure(PenstockBuilder builder) => builder
        .AddExternalOperation("outside", "remote", "Run elsewhere.", Penstock.Engine.Outcomes.RetryPolicy.Default with { MaxAttempts = 7 })
        .AddExecOperation(new ExecDefinition("inside", "programs", ["true"]));
}

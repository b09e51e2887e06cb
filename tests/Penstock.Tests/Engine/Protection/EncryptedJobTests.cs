using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Protection;
using Penstock.Engine.Storage;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Engine.Protection;

/// <summary>Jobs whose payloads are encrypted: what is on the disk, and what workers see.</summary>
public sealed class EncryptedJobTests
{
    private const string Plain = "correct-horse-battery-staple";
    private static readonly string Keys = $"k1:{Convert.ToBase64String(new byte[32])}";
    private static readonly RetryPolicy Once = new(1, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_whole_walk_with_items_failures_and_a_continuation_nothing_readable_reaches_the_disk()
    {
        string path = TestFolder.NewFile("penstock.db");
        await using TestEngine engine = await StartAsync(path, Keys);
        engine.RunWorker();
        Guid jobId = (await engine.Client.EnqueueAsync(new NewJob("fan", Payload()), Cancel)).JobId;
        Job parent = await engine.WaitForEndAsync(jobId);
        Job continuation = await engine.WaitForEndAsync((await engine.Reader.ListAsync(new JobFilter(Operation: "echo"), Cancel)).Single().Id);
        DeadLetter letter = Assert.Single(await engine.Reader.DeadLettersAsync(new DeadLetterFilter(), Cancel));

        Assert.Equal((JobStatus.Succeeded, JobStatus.Succeeded), (parent.Status, continuation.Status));
        Assert.Equal(("item", "Boom"), (letter.Kind, letter.ErrorMessage));
        IPayloadProtector protector = engine.Services.GetRequiredService<IPayloadProtector>();
        Assert.All([parent.Payload, parent.Result!, continuation.Payload, continuation.Result!, letter.Payload], text => Assert.True(SealedText.Is(text), text));
        Assert.Contains(Plain, protector.Open(parent.Payload, parent.Id), StringComparison.Ordinal);
        Assert.Contains(Plain, protector.Open(continuation.Result!, continuation.Id), StringComparison.Ordinal);
        Assert.Equal(2, FanItem.Seen.Count(secret => secret == Plain));
        AssertNowhere(path);

        // Redriven as it is, it opens again.
        FanItem.Fails = false;
        await engine.Client.RedriveAsync(letter.Id, "tester", Cancel);
        Assert.Equal(JobStatus.Succeeded, (await engine.WaitForEndAsync(jobId)).Status);
        while ((await engine.Reader.BatchAsync(jobId, Cancel)).Sum(stage => stage.Done) < 6)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        AssertNowhere(path);
    }

    [Fact]
    public async Task Steps_and_awaited_children_of_an_encrypted_job_are_encrypted_and_read_back()
    {
        string path = TestFolder.NewFile("penstock.db");
        await using TestEngine engine = await StartAsync(path, Keys);
        engine.RunWorker();
        Guid jobId = (await engine.Client.EnqueueAsync(new NewJob("durable", Payload()), Cancel)).JobId;
        Job job = await engine.WaitForEndAsync(jobId);

        Assert.Equal((JobStatus.Succeeded, null), (job.Status, job.ErrorMessage));
        Assert.True(job.Attempt > 1);
        Assert.Equal(Payload(), engine.Services.GetRequiredService<IPayloadProtector>().Open(job.Result!, jobId));
        Job child = Assert.Single(await engine.Reader.ListAsync(new JobFilter(ParentJobId: jobId, TopLevelOnly: false), Cancel));
        Assert.True(SealedText.Is(child.Payload) && SealedText.Is(child.Result!));
        IReadOnlyList<StoredStep> steps = await engine.Store.StepsAsync(jobId, Cancel);
        Assert.Equal(["child", "read"], steps.Select(step => step.Name).Order());
        Assert.True(SealedText.Is(steps.Single(step => step.Name == "read").Output));
        AssertNowhere(path);
    }

    [Fact]
    public async Task Without_its_key_a_job_waits_and_spends_no_attempt_and_with_the_key_it_runs()
    {
        string path = TestFolder.NewFile("penstock.db");
        Guid jobId;
        await using (TestEngine writer = await StartAsync(path, Keys))
            jobId = (await writer.Client.EnqueueAsync(new NewJob("echo", Payload()), Cancel)).JobId;

        await using TestEngine reader = await StartAsync(path, $"k2:{Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray())}");
        reader.RunWorker();
        JobEvent later;
        while ((await reader.Reader.EventsAsync(jobId, 0, 100, Cancel)).FirstOrDefault(e => e.Name == "job.retry_later") is not { } found || (later = found) is null)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        Job job = (await reader.Reader.FindAsync(jobId, Cancel))!;
        Assert.Equal((JobStatus.Queued, 1), (job.Status, job.Retries));
        Assert.Contains("'k1'", later.Message + later.Fields, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_cannot_pass_sealed_text_off_as_a_payload()
    {
        await using TestEngine engine = await StartAsync(":memory:", Keys);
        string stolen = engine.Services.GetRequiredService<IPayloadProtector>().Seal("{}", Guid.Empty);
        await Assert.ThrowsAsync<InvalidJobException>(() => engine.Client.EnqueueAsync(new NewJob("echo", stolen), Cancel));
    }

    [Fact]
    public async Task Jobs_of_other_operations_are_stored_as_they_are()
    {
        await using TestEngine engine = await StartAsync(":memory:", keys: null);
        Guid jobId = (await engine.Client.EnqueueAsync(new NewJob("open", Payload()), Cancel)).JobId;
        Assert.Equal(Payload(), (await engine.Reader.FindAsync(jobId, Cancel))!.Payload);
    }

    private static string Payload() => $$"""{"secret":"{{Plain}}"}""";

    private static async Task<TestEngine> StartAsync(string path, string? keys)
    {
        FanItem.Seen.Clear();
        FanItem.Fails = true;
        return await TestEngine.StartAsync(
            builder => builder
                .AddOperation<Echo>("echo", "plain", "", Once, secrecy: new OperationSecrecy(EncryptsPayload: true))
                .AddOperation<Fan>("fan", "plain", "", Once, secrecy: new OperationSecrecy(EncryptsPayload: true))
                .AddOperation<Durable>("durable", "plain", "", Once, secrecy: new OperationSecrecy(EncryptsPayload: true))
                .AddOperation<Open>("open", "plain", "")
                .AddItemOperation<FanItem>("fan_item", "items", "", Once)
                .AddItemOperation<FanWrite>("fan_write", "items", "", Once),
            path, before: services => services.AddSingleton(new PayloadKeyRing(keys, null)));
    }

    /// <summary>Neither in the database nor in its log nor in what stands beside it.</summary>
    private static void AssertNowhere(string path)
    {
        byte[] needle = Encoding.UTF8.GetBytes(Plain);
        string[] files = Directory.GetFiles(Path.GetDirectoryName(path)!);
        Assert.Contains(files, file => file.EndsWith("-wal", StringComparison.Ordinal));
        foreach (string file in files)
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using MemoryStream bytes = new();
            stream.CopyTo(bytes);
            Assert.True(bytes.ToArray().AsSpan().IndexOf(needle) < 0, file);
        }
    }

    private sealed record Secret([property: System.Text.Json.Serialization.JsonPropertyName("secret")] string Value);

    private sealed class Echo : Operation<Secret, Secret>
    {
        public override Task<Secret> RunAsync(Secret payload, JobContext job, CancellationToken cancellationToken) => Task.FromResult(payload);
    }

    private sealed class Durable : Operation<Secret, Secret>
    {
        public override async Task<Secret> RunAsync(Secret payload, JobContext job, CancellationToken cancellationToken)
        {
            Secret step = await job.StepAsync("read", _ => Task.FromResult(payload), cancellationToken);
            // Its own operation encrypts nothing; what comes from here is encrypted all the same.
            await job.RunChildAsync<int>("child", new NewJob("open", JsonSerializer.Serialize(step)), cancellationToken);
            return step;
        }
    }

    private sealed class Open : Operation<Secret, int>
    {
        public override Task<int> RunAsync(Secret payload, JobContext job, CancellationToken cancellationToken) => Task.FromResult(0);
    }

    private sealed class Fan : Coordinator<Secret, Secret>
    {
        public override Task<BatchPlan<Secret>> PlanAsync(Secret payload, JobContext job, CancellationToken cancellationToken) =>
            Task.FromResult(new BatchPlan<Secret>(payload, ["fan_item", "fan_write"], [payload, payload, payload])
            {
                FailureRatio = 0.9, Continuation = new NewJob("echo", JsonSerializer.Serialize(payload)),
            });
    }

    private sealed class FanItem : ItemOperation<Secret>
    {
        public static readonly System.Collections.Concurrent.ConcurrentBag<string> Seen = [];
        public static volatile bool Fails;

        public override Task<ItemOutcome> RunAsync(Secret item, ItemContext context, CancellationToken cancellationToken)
        {
            if (context.Index == 0 && Fails)
                throw new TimeoutException("Boom");
            return Task.FromResult(new ItemOutcome(Next: item));
        }
    }

    private sealed class FanWrite : ItemOperation<Secret>
    {
        public override Task<ItemOutcome> RunAsync(Secret item, ItemContext context, CancellationToken cancellationToken)
        {
            FanItem.Seen.Add(item.Value);
            return Task.FromResult(new ItemOutcome());
        }
    }
}

using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Testing;
using Xunit;

namespace Penstock.EndToEnd.Docs;

/// <summary>The code of docs/guides/flow.md, and that it does what the page says.</summary>
public sealed class FlowSamples
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_release_waits_for_its_approval_and_goes_on_with_it()
    {
        await using TestEngine engine = await StartAsync();
        Guid job = (await engine.Client.EnqueueAsync(NewRelease("2026-03"), Cancel)).JobId;
        while ((await engine.Reader.FindAsync(job, Cancel))!.WaitingFor != "signal")
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        Assert.True(await ApproveAsync(engine.Client, job, Cancel));
        Assert.False(await ApproveAsync(engine.Client, job, Cancel));
        Job done = await engine.WaitForEndAsync(job);
        Assert.Equal((JobStatus.Succeeded, """{"files":3,"approved_by":"ada"}"""), (done.Status, done.Result));
    }

    [Fact]
    public async Task A_graph_runs_in_its_order()
    {
        await using TestEngine engine = await StartAsync();
        IReadOnlyList<EnqueueResult> jobs = await EnqueueNightAsync(engine.Client, engine.Services.GetRequiredService<IdGenerator>(), Cancel);
        Assert.Equal(JobStatus.Succeeded, (await engine.WaitForEndAsync(jobs[3].JobId)).Status);
    }

    private static async Task<TestEngine> StartAsync()
    {
        TestEngine engine = await TestEngine.StartAsync(builder => builder
            .AddOperation<Release>("release", "releases", "Builds, checks and publishes a release.")
            .AddOperation<BuildPart>("release.build_part", "releases", "Builds one part."));
        engine.RunWorker();
        return engine;
    }

    private static NewJob NewRelease(string version) => new("release", $$"""{"version":"{{version}}"}""") { UniqueKey = $"release {version}" };

    #region approve
    /// <returns>False: someone approved or refused it before.</returns>
    public static Task<bool> ApproveAsync(IJobClient client, Guid job, CancellationToken cancellationToken) =>
        client.SendSignalAsync(SignalNames.Own(job, "approved"), """{"by":"ada"}""", by: "ada", cancellationToken);
    #endregion

    #region graph
    public static Task<IReadOnlyList<EnqueueResult>> EnqueueNightAsync(
        IJobClient client, IdGenerator ids, CancellationToken cancellationToken)
    {
        Guid load = ids.NewId(), left = ids.NewId(), right = ids.NewId();
        return client.EnqueueManyAsync(
            [
                new NewJob("release.build_part", """{"part":"load"}""") { Id = load, UniqueKey = "night" },
                new NewJob("release.build_part", """{"part":"left"}""") { Id = left, DependsOn = [load] },
                new NewJob("release.build_part", """{"part":"right"}""") { Id = right, DependsOn = [load] },
                new NewJob("release.build_part", """{"part":"report"}""")
                {
                    DependsOn = [left, right],
                    OnDependencyFailure = DependencyFailurePolicy.Run, // A report about failures is wanted too.
                },
            ],
            cancellationToken);
    }
    #endregion

    #region operation
    /// <summary>Builds the parts of a release, waits for a person to approve it, and publishes it.</summary>
    /// <remarks>Safe to run again: each part is done once, because its result is a stored step.</remarks>
    public sealed class Release : Operation<Release.Payload, Release.Result>
    {
        public sealed record Payload(string Version);
        public sealed record Result(int Files, string ApprovedBy);
        public sealed record Approval(string By);

        public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            // Three jobs of their own, at once if there are slots. This job holds none until they have ended.
            IReadOnlyList<int> files = await job.RunChildrenAsync<int>(
                "build", [BuildPart.Of("code"), BuildPart.Of("data"), BuildPart.Of("docs")], cancellationToken);

            // A crash after this line does not check again: the sum comes from the store.
            string sum = await job.StepAsync("check", token => CheckAsync(payload.Version, token), cancellationToken);

            // Mirrors need a moment; no slot is held, and a restart of the server shortens nothing.
            await job.SleepAsync("settle", TimeSpan.FromMilliseconds(20), cancellationToken);

            // Up to a week, over any number of restarts. Too late is a SignalTimeoutException.
            Approval approval = await job.WaitForSignalAsync<Approval>(
                job.OwnSignal("approved"), TimeSpan.FromDays(7), cancellationToken);

            await job.StepAsync("publish", token => PublishAsync(payload.Version, sum, token), cancellationToken);
            return new Result(files.Sum(), approval.By);
        }

        private static Task<string> CheckAsync(string version, CancellationToken cancellationToken) =>
            Task.FromResult($"{version}-ok");

        private static Task PublishAsync(string version, string sum, CancellationToken cancellationToken) =>
            sum.StartsWith(version, StringComparison.Ordinal) ? Task.CompletedTask : throw new InvalidDataException("Wrong sum.");
    }
    #endregion

    public sealed class BuildPart : Operation<BuildPart.Payload, int>
    {
        public sealed record Payload(string Part);

        public static NewJob Of(string part) => new("release.build_part", PayloadJson.Write(new Payload(part)));

        public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    #region catch
    /// <summary>What a child's failure means is the parent's to decide.</summary>
    public static async Task<int> FilesOrNoneAsync(JobContext job, CancellationToken cancellationToken)
    {
        try
        {
            return await job.RunChildAsync<int>("docs", BuildPart.Of("docs"), cancellationToken);
        }
        catch (ChildFailedException failure) when (failure.ChildErrorCode == "source-unavailable")
        {
            return 0; // Decided once: a later execution gets here again, whatever became of the child.
        }
    }
    #endregion
}

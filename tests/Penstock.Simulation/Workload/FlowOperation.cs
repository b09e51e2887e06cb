using System.Globalization;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;

namespace Penstock.Simulation.Workload;

/// <summary>Goes through durable acts one after another; each is done once, however often it is executed.</summary>
internal sealed class FlowOperation(WorkerNode node) : Operation<FlowOperation.Payload, FlowOperation.Result>
{
    /// <param name="Acts"><c>step:seconds</c>, <c>sleep:seconds</c>, <c>signal:name:seconds</c>, <c>own:seconds</c>, <c>ever:name</c>, <c>children:count</c>, <c>kill</c> or <c>fail</c>.</param>
    /// <param name="Children">What the children do.</param>
    public sealed record Payload(IReadOnlyList<string> Acts, IReadOnlyList<string> Children);

    public sealed record Result(IReadOnlyList<string> Told);

    public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        using IDisposable end = node.Begin($"job {job.JobId}", job.JobId, job.Attempt, cancellationToken, out Execution execution);
        List<string> told = [];
        for (int i = 0; i < payload.Acts.Count; i++)
        {
            string[] act = payload.Acts[i].Split(':');
            told.Add(await ActAsync(act, i, payload, job, execution, cancellationToken));
        }
        return new Result(told);
    }

    private async Task<string> ActAsync(
        string[] act, int place, Payload payload, JobContext job, Execution execution, CancellationToken cancellationToken)
    {
        switch (act[0])
        {
            case "step":
                return await job.StepAsync("work", token => WorkAsync(job, place, Seconds(act[1]), token), cancellationToken);
            case "sleep":
                await job.SleepAsync("nap", Seconds(act[1]), cancellationToken);
                return "slept";
            case "signal":
                return await WaitAsync(job, act[1], Seconds(act[2]), cancellationToken);
            case "own":
                return await WaitAsync(job, job.OwnSignal("go"), Seconds(act[1]), cancellationToken);
            case "ever":
                return await WaitAsync(job, act[1], null, cancellationToken);
            case "children":
                return await AwaitAsync(job, int.Parse(act[1], CultureInfo.InvariantCulture), payload.Children, cancellationToken);
            case "kill" when job.Attempt == 1:
                execution.KillProcess();
                await Task.Delay(Timeout.InfiniteTimeSpan, job.Time, CancellationToken.None);
                return "";
            case "fail" when job.Attempt <= 2:
                throw new TimeoutException("scripted failure between steps");
            default:
                return "passed";
        }
    }

    private async Task<string> WorkAsync(JobContext job, int place, TimeSpan length, CancellationToken cancellationToken)
    {
        // The n-th step of the script is the n-th use of its name.
        node.World.Watch.Flow.RunsStep(job.JobId, job.Lease.Fence, NameOf(place, (Payload)PayloadJson.Read(job.Lease.Payload, typeof(Payload))));
        if (length > TimeSpan.Zero)
            await Task.Delay(length, job.Time, cancellationToken);
        return $"attempt {job.Attempt}";
    }

    private static string NameOf(int place, Payload payload)
    {
        int use = payload.Acts.Take(place + 1).Count(a => a.StartsWith("step:", StringComparison.Ordinal));
        return use == 1 ? "work" : $"work#{use}";
    }

    private static async Task<string> WaitAsync(JobContext job, string signal, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await job.WaitForSignalAsync<string>(signal, timeout, cancellationToken);
        }
        catch (SignalTimeoutException)
        {
            return "timed out";
        }
    }

    private static async Task<string> AwaitAsync(JobContext job, int count, IReadOnlyList<string> acts, CancellationToken cancellationToken)
    {
        NewJob child = new("sim.step", PayloadJson.Write(new ScriptedOperation.Payload(acts)));
        try
        {
            IReadOnlyList<ScriptedOperation.Result> results = await job.RunChildrenAsync<ScriptedOperation.Result>(
                "parts", [.. Enumerable.Repeat(child, count)], cancellationToken);
            return $"{results.Count} parts";
        }
        catch (Exception error) when (error is ChildFailedException or ChildCancelledException)
        {
            return "a part is missing";
        }
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
}

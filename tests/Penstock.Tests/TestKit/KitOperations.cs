using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;

namespace Penstock.Tests.TestKit;

internal sealed record Number(int Value);

internal sealed record Nothing;

internal sealed class Double : Operation<Number, Number>
{
    public override async Task<Number> RunAsync(Number payload, JobContext job, CancellationToken cancellationToken)
    {
        await job.EmitAsync("number.doubled", payload, cancellationToken);
        return new Number(payload.Value * 2);
    }
}

/// <summary>Fails as often as its payload says.</summary>
internal sealed class FailsFirst : Operation<Number, int>
{
    public override Task<int> RunAsync(Number payload, JobContext job, CancellationToken cancellationToken) =>
        job.Attempt <= payload.Value ? throw new TimeoutException($"Attempt {job.Attempt} got no answer.") : Task.FromResult(job.Attempt);
}

internal sealed class WaitsForTime : Operation<Number, DateTimeOffset>
{
    public override async Task<DateTimeOffset> RunAsync(Number payload, JobContext job, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromHours(payload.Value), job.Time, cancellationToken);
        return job.Time.GetUtcNow();
    }
}

/// <summary>Answered by another thread, under a time limit of the host's clock that must not strike.</summary>
internal sealed class AsksOutside : Operation<Number, int>
{
    public override async Task<int> RunAsync(Number payload, JobContext job, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(1), job.Time);
        Task<int> answer = Task.Run(
            () =>
            {
                Thread.SpinWait(2_000_000);
                return payload.Value + 1;
            },
            limit.Token);
        return await answer.WaitAsync(TimeSpan.FromSeconds(1), job.Time, cancellationToken);
    }
}

internal sealed class Sends(IJobClient jobs) : Operation<Number, int>
{
    public override async Task<int> RunAsync(Number payload, JobContext job, CancellationToken cancellationToken)
    {
        for (int i = 0; i < payload.Value; i++)
            await jobs.EnqueueAsync(NewJob.Of("double", new Number(i)), cancellationToken);
        return payload.Value;
    }
}

internal interface IGreeting
{
    string Text { get; }
}

internal sealed class RealGreeting : IGreeting
{
    public string Text => "real";
}

internal sealed class FakeGreeting : IGreeting
{
    public string Text => "fake";
}

internal sealed class Greets(IGreeting greeting) : Operation<Nothing, string>
{
    public override Task<string> RunAsync(Nothing payload, JobContext job, CancellationToken cancellationToken) => Task.FromResult(greeting.Text);
}

/// <summary>A step, a sleep of days, a signal, a child: each attempt goes on where the last one stopped.</summary>
internal sealed class LongStory : Operation<Number, string>
{
    private static int _steps;

    public static int StepsRun => _steps;

    public override async Task<string> RunAsync(Number payload, JobContext job, CancellationToken cancellationToken)
    {
        int first = await job.StepAsync("first", _ => Task.FromResult(Interlocked.Increment(ref _steps) > 0 ? payload.Value + 1 : 0), cancellationToken);
        await job.SleepAsync("rest", TimeSpan.FromDays(2), cancellationToken);
        Number answer = await job.WaitForSignalAsync<Number>("answer", TimeSpan.FromDays(30), cancellationToken);
        Number doubled = await job.RunChildAsync<Number>("double it", NewJob.Of("double", answer), cancellationToken);
        return $"{first} {doubled.Value}";
    }
}

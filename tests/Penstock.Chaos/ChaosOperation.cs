using Penstock.Engine.Operations;

namespace Penstock.Chaos;

/// <summary>A job that takes its time, fails as often as it was told to, and writes down when it ran.</summary>
internal sealed class ChaosOperation(Journal journal) : Operation<ChaosOperation.Payload, int>
{
    public const string Name = "chaos.run";

    /// <param name="Milliseconds">How long it runs.</param>
    /// <param name="Failures">How often it fails before it succeeds.</param>
    public sealed record Payload(int Number, int Milliseconds, int Failures);

    public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) =>
        journal.RecordAsync(job.JobId, item: null, job.Attempt, async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(payload.Milliseconds), job.Time, cancellationToken);
            PlannedFailureException.ThrowIfPlanned(job.Attempt, payload.Failures);
            return payload.Number;
        });
}

internal sealed class PlannedFailureException(int attempt) : Exception($"Attempt {attempt} fails as planned.")
{
    /// <summary>Lost attempts count too, so a unit fails at most as often as planned.</summary>
    public static void ThrowIfPlanned(int attempt, int failures)
    {
        if (attempt <= failures)
            throw new PlannedFailureException(attempt);
    }
}

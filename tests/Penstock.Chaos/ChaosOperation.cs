using Penstock.Engine.Operations;

namespace Penstock.Chaos;

/// <summary>A job that takes its time, fails as often as it was told to, and writes down when it ran.</summary>
internal sealed class ChaosOperation(Journal journal) : Operation<ChaosOperation.Payload, int>
{
    public const string Name = "chaos.run";

    /// <param name="Milliseconds">How long it runs.</param>
    /// <param name="Failures">How often it fails before it succeeds.</param>
    public sealed record Payload(int Number, int Milliseconds, int Failures);

    public override async Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        Execution execution = journal.Begin(job.JobId, job.Attempt);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(payload.Milliseconds), job.Time, cancellationToken);
            // Lost attempts count too, so this fails at most as often as planned.
            if (job.Attempt <= payload.Failures)
                throw new PlannedFailureException(job.Attempt);
            return payload.Number;
        }
        finally
        {
            journal.End(execution);
        }
    }

    private sealed class PlannedFailureException(int attempt) : Exception($"Attempt {attempt} fails as planned.");
}

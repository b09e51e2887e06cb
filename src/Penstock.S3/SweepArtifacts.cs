using Penstock.Engine.Operations;

namespace Penstock.S3;

/// <summary>Removes from the S3 store what no artifact needs: broken off uploads, and content without a name.</summary>
/// <remarks>Safe to run again, and at any time: see <see cref="S3Sweep"/>. Two at once do the same work twice.</remarks>
internal sealed class SweepArtifacts(S3ArtifactStore store) : Operation<SweepArtifacts.Payload, SweepArtifacts.Result>
{
    public const string OperationName = "penstock.sweep_artifacts";
    public const string QueueName = "penstock.operations";

    private const int GraceHoursMin = 1;
    private const int GraceHoursMax = 24 * 365;

    /// <param name="GraceHours">Younger things stay; at least 1. Content is deleted by the second sweep this much later.</param>
    /// <param name="RemovalsMax">Most things removed by one job.</param>
    public sealed record Payload(int GraceHours = 24, int RemovalsMax = 100_000);

    /// <inheritdoc cref="S3SweepResult"/>
    public sealed record Result(int Uploads, int Incoming, int Trashed, int Restored, int Deleted);

    public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        TimeSpan grace = TimeSpan.FromHours(Math.Clamp(payload.GraceHours, GraceHoursMin, GraceHoursMax));
        S3SweepResult swept = await new S3Sweep(store, grace, job.Time).RunAsync(Math.Max(1, payload.RemovalsMax), cancellationToken);
        return new Result(swept.Uploads, swept.Incoming, swept.Trashed, swept.Restored, swept.Deleted);
    }
}

using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Loading;

/// <summary>Decides whether what an unfinished load left may be cleared away.</summary>
internal sealed class StagedLoads(IJobReader jobs)
{
    private static readonly TimeSpan WaitForOther = TimeSpan.FromSeconds(10);

    /// <summary>False while the job that makes it may still go on.</summary>
    /// <param name="jobId">The job that asks; what it left itself, in an earlier attempt, may always go.</param>
    public async Task<bool> IsAbandonedAsync(StagedLoad load, Guid jobId, CancellationToken cancellationToken)
    {
        if (load.JobId is not { } maker || maker == jobId)
            return true;
        Job? job = await jobs.FindAsync(maker, cancellationToken);
        return job is null || job.Status.IsTerminal();
    }

    /// <summary>Another job loads the same thing now; when it has ended, this one finds it done.</summary>
    public static RetryLaterException Busy(StagedLoad load) =>
        new($"Job {load.JobId} is loading the same.", WaitForOther);
}

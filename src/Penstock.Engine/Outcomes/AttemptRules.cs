using Microsoft.Extensions.Logging;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Engine.Workers;

namespace Penstock.Engine.Outcomes;

/// <summary>What becomes of an attempt that failed or was put off: the same for workers of this program and for remote ones.</summary>
internal sealed class AttemptRules(OperationRegistry registry, TimeProvider time, Random random, ILogger logger)
{
    private const int MessageLengthMax = 4_000;

    /// <param name="mayRetry">False: no retry can mend it.</param>
    /// <param name="error">For the log, where there is one.</param>
    public Completion.Threw Failed(UnitLease lease, string code, string message, bool mayRetry, Exception? error = null)
    {
        // Of an operation this program does not have, there is no policy either.
        RetryPolicy policy = registry.Find(lease.Operation)?.Retry ?? RetryPolicy.Never;
        (int failures, int allowed) = lease switch
        {
            JobLease job => (job.Failures + 1, job.MaxAttempts),
            ItemLease item => (item.Failures + 1, policy.MaxAttempts),
            _ => (1, 1),
        };
        string told = message.Length > MessageLengthMax ? message[..MessageLengthMax] : message;
        if (!mayRetry || failures >= allowed)
        {
            logger.FailedForGood(error, lease.Unit, lease.Operation, lease.Attempt, code);
            return new Completion.Threw(lease, code, told, null);
        }
        DateTimeOffset retryAt;
        lock (random)
            retryAt = time.GetUtcNow() + policy.DelayAfter(failures, random);
        logger.AttemptFailed(error, lease.Unit, lease.Attempt, lease.Operation, code, retryAt);
        return new Completion.Threw(lease, code, told, retryAt);
    }

    /// <summary>Back to the queue without spending an attempt.</summary>
    public Completion.Snoozed PutOff(UnitLease lease, RetryLaterException later) =>
        new(lease, later.Message, time.GetUtcNow() + later.DelayAfter(RetriesOf(lease)));

    private static int RetriesOf(UnitLease lease) => lease switch
    {
        JobLease job => job.Retries,
        ItemLease item => item.Retries,
        _ => 0,
    };
}

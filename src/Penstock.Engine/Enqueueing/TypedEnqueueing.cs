namespace Penstock.Engine.Enqueueing;

/// <summary>Enqueueing with objects instead of JSON text.</summary>
public static class TypedEnqueueing
{
    /// <param name="payload">The operation's record, or any object with the same members.</param>
    /// <inheritdoc cref="IJobClient.EnqueueAsync(NewJob, CancellationToken)"/>
    public static Task<EnqueueResult> EnqueueAsync(this IJobClient jobs, string operation, object payload, CancellationToken cancellationToken) =>
        jobs.EnqueueAsync(NewJob.Of(operation, payload), cancellationToken);

    /// <summary>By the operation's class; the name is the one it was registered under.</summary>
    /// <param name="payload">The operation's own record.</param>
    /// <inheritdoc cref="IJobClient.EnqueueAsync(NewJob, CancellationToken)"/>
    public static Task<EnqueueResult> EnqueueAsync<TOperation>(this IJobClient jobs, object payload, CancellationToken cancellationToken)
        where TOperation : class =>
        jobs.EnqueueAsync(jobs.New<TOperation>(payload), cancellationToken);
}

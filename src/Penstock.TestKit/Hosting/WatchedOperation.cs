using Penstock.Engine.Operations;

namespace Penstock.TestKit.Hosting;

/// <summary>An operation as the host runs it: the user's own, with the watch around it.</summary>
internal sealed class WatchedOperation<TOperation>(TOperation operation, OperationWatch watch) : IOperation
    where TOperation : class, IOperation
{
    public Type PayloadType => operation.PayloadType;

    public Task<JobOutcome> ExecuteAsync(object payload, JobContext job, CancellationToken cancellationToken) =>
        watch.RunAsync(job.JobId, () => operation.ExecuteAsync(payload, job, cancellationToken));
}

/// <inheritdoc cref="WatchedOperation{TOperation}"/>
internal sealed class WatchedItemOperation<TOperation>(TOperation operation, OperationWatch watch) : IItemOperation
    where TOperation : class, IItemOperation
{
    public Type PayloadType => operation.PayloadType;

    public Task<ItemOutcome> ExecuteAsync(object payload, ItemContext context, CancellationToken cancellationToken) =>
        watch.RunAsync(context.ParentJobId, () => operation.ExecuteAsync(payload, context, cancellationToken));
}

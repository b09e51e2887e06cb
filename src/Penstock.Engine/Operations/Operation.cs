namespace Penstock.Engine.Operations;

/// <summary>The code a job runs. Must be safe to run again after any crash; say in a remark why it is.</summary>
/// <typeparam name="TPayload">A record; JSON snake_case; strict types; blank required strings and unknown ids are its errors.</typeparam>
/// <typeparam name="TResult">Stored on the job and in its success event as JSON.</typeparam>
public abstract class Operation<TPayload, TResult> : IOperation
    where TPayload : class
{
    public abstract Task<TResult> RunAsync(TPayload payload, JobContext job, CancellationToken cancellationToken);

    Type IOperation.PayloadType => typeof(TPayload);

    async Task<JobOutcome> IOperation.ExecuteAsync(object payload, JobContext job, CancellationToken cancellationToken) =>
        new JobOutcome.Succeeded(PayloadJson.Write(await RunAsync((TPayload)payload, job, cancellationToken)));
}

/// <summary>An operation that splits its work into items: its job stays running until every item is done.</summary>
/// <remarks>Planning again after a crash makes the same items: nothing was dispatched unless the plan was committed.</remarks>
public abstract class Coordinator<TPayload, TResult> : IOperation
    where TPayload : class
{
    /// <summary>A plan without items succeeds at once with its result.</summary>
    public abstract Task<BatchPlan<TResult>> PlanAsync(TPayload payload, JobContext job, CancellationToken cancellationToken);

    Type IOperation.PayloadType => typeof(TPayload);

    async Task<JobOutcome> IOperation.ExecuteAsync(object payload, JobContext job, CancellationToken cancellationToken)
    {
        BatchPlan<TResult> plan = await PlanAsync((TPayload)payload, job, cancellationToken);
        string result = PayloadJson.Write(plan.Result);
        return plan.Items.Count == 0
            ? new JobOutcome.Succeeded(result, plan.Continuation)
            : new JobOutcome.Dispatched(result, plan.Stages, plan.Items.Select(PayloadJson.Write).ToList(), plan.Continuation, plan.FailureRatio);
    }
}

/// <summary>What a coordinator decided.</summary>
/// <param name="Result">The job's result once all items are done.</param>
/// <param name="Stages">Names of the item operations an item passes through, first to last; progress counts the last.</param>
/// <param name="Items">Payloads of the first stage, in order; the position is the item's index.</param>
public sealed record BatchPlan<TResult>(TResult Result, IReadOnlyList<string> Stages, IReadOnlyList<object> Items)
{
    /// <summary>Enqueued in the transaction that closes the job with success.</summary>
    public Enqueueing.NewJob? Continuation { get; init; }

    /// <summary>The job fails when this part of its items failed for good; 0: when any did. Default 0.</summary>
    public double FailureRatio { get; init; }
}

/// <summary>The code for one item of a batch. Its effect and its mark in the ledger commit together.</summary>
public abstract class ItemOperation<TItem> : IItemOperation
    where TItem : class
{
    public abstract Task<ItemOutcome> RunAsync(TItem item, ItemContext context, CancellationToken cancellationToken);

    Type IItemOperation.PayloadType => typeof(TItem);

    Task<ItemOutcome> IItemOperation.ExecuteAsync(object payload, ItemContext context, CancellationToken cancellationToken) =>
        RunAsync((TItem)payload, context, cancellationToken);
}

/// <summary>What an item leaves behind.</summary>
/// <param name="Effect">Its writes, run inside the transaction that marks the item done; may run again if that fails.</param>
/// <param name="Next">Payload of the same item in the next stage; required unless this is the last one.</param>
public sealed record ItemOutcome(StoreEffect? Effect = null, object? Next = null)
{
    /// <summary>Written to the parent as <c>child.&lt;name&gt;</c>, in the same transaction.</summary>
    public IReadOnlyList<ItemEvent> Events { get; init; } = [];
}

public sealed record ItemEvent(string Name, object Fields, string? Message = null, Jobs.JobEventLevel Level = Jobs.JobEventLevel.Info);

/// <summary>Writes of an item, on the store's own transaction.</summary>
public delegate Task StoreEffect(System.Data.Common.DbTransaction transaction, CancellationToken cancellationToken);

public interface IOperation
{
    Type PayloadType { get; }
    Task<JobOutcome> ExecuteAsync(object payload, JobContext job, CancellationToken cancellationToken);
}

public interface IItemOperation
{
    Type PayloadType { get; }
    Task<ItemOutcome> ExecuteAsync(object payload, ItemContext context, CancellationToken cancellationToken);
}

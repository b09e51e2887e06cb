using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Engine.Protection;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Workers;

/// <summary>Stop 5: runs one unit's operation and says how it ended. Throws nothing.</summary>
public sealed class UnitExecutor(
    IServiceScopeFactory scopes, OperationRegistry registry, JobDrafting drafting, UnitSeals seals, IJobStore store, TimeProvider time,
    Random random, ILogger<UnitExecutor> logger)
{
    /// <summary>How long a unit waits whose end could not be stored because disk or database are out of order.</summary>
    private static readonly TimeSpan StoreBusyDelay = TimeSpan.FromSeconds(5);

    private readonly Outcomes.AttemptRules _rules = new(registry, time, random, logger);

    /// <returns>Null: the end is stored already, or must not be stored because the lease is gone.</returns>
    internal async Task<Completion?> RunAsync(RunningUnit unit)
    {
        try
        {
            OperationDefinition definition = registry.Operation(unit.Lease.Operation);
            // Only here, for the time of the run: nothing else of the engine sees an encrypted payload in the clear.
            object payload = OperationRegistry.ReadPayload(definition, seals.Payload(unit.Lease));
            await using AsyncServiceScope scope = scopes.CreateAsyncScope();
            object implementation = scope.ServiceProvider.GetRequiredService(
                definition.Implementation ?? throw new OperationExternalException(definition.Name));
            unit.Begin(unit.Lease is JobLease { Timeout: { } own } ? own : definition.Timeout);
            return unit.Lease switch
            {
                JobLease job => await RunJobAsync((IOperation)implementation, payload, job, unit),
                ItemLease item => await RunItemAsync((IItemOperation)implementation, payload, item, unit.Token),
                _ => throw new InvalidOperationException($"A lease is for a job or an item, not {unit.Lease.GetType().Name}."),
            };
        }
        catch (Exception error)
        {
            return Explain(unit, error);
        }
    }

    private async Task<Completion> RunJobAsync(IOperation operation, object payload, JobLease lease, RunningUnit unit)
    {
        JobContext context = new(lease, store, drafting, time) { Unit = unit, Protector = seals.Protector, Seals = seals.Seals(lease) };
        JobOutcome outcome;
        try
        {
            outcome = await operation.ExecuteAsync(payload, context, unit.Token);
        }
        catch (Exception) when (context.Suspension is not null && unit.Reason != StopReason.LeaseLost)
        {
            // Mostly the suspension's own exception; and whatever else it threw, it will throw again after the wait if it matters.
            return new Completion.Suspended(lease, context.Suspension);
        }
        if (context.Suspension is { } wait)
            return new Completion.Suspended(lease, wait); // It caught the suspension; what it made of that does not count.
        NewJob? continuation = outcome switch
        {
            JobOutcome.Succeeded done => done.Continuation,
            JobOutcome.Dispatched plan => plan.Continuation,
            _ => null,
        };
        if (outcome is JobOutcome.Dispatched { Items.Count: > 0, Stages.Count: 0 })
            throw new InvalidOperationException($"Operation {lease.Operation} planned items and named no stage for them.");
        List<StageDraft> stages = outcome is JobOutcome.Dispatched dispatched
            ? dispatched.Stages.Select(name => StageOf(registry.Operation(name))).ToList()
            : [];
        return new Completion.JobReturned(
            lease, seals.Seal(lease, outcome),
            continuation is null ? null : drafting.Draft(continuation with { Source = lease.Operation }, seals.Seals(lease)), stages);
    }

    private static StageDraft StageOf(OperationDefinition operation) =>
        new(operation.Name, operation.QueueName) { Resources = ResourceNeeds.ToJson(operation.Resources) };

    private async Task<Completion?> RunItemAsync(
        IItemOperation operation, object payload, ItemLease lease, CancellationToken cancellationToken)
    {
        ItemOutcome outcome = await operation.ExecuteAsync(payload, new ItemContext(lease, time), cancellationToken);
        Completion.ItemReturned returned = new(lease, outcome, outcome.Next is null ? null : seals.Seal(lease, PayloadJson.Write(outcome.Next)));
        // In a call of its own: the effect is the operation's code and may throw.
        Exchange exchange = await store.ExchangeAsync([returned], null, cancellationToken);
        if (exchange.Refused.Count > 0)
            logger.LeaseLost(lease.Unit, lease.Attempt);
        return null;
    }

    private Completion? Explain(RunningUnit unit, Exception error)
    {
        UnitLease lease = unit.Lease;
        switch (unit.Reason)
        {
            case StopReason.LeaseLost:
                logger.LeaseLost(lease.Unit, lease.Attempt);
                return null;
            case StopReason.Release when error is OperationCanceledException:
                return new Completion.Released(lease);
            case StopReason.Timeout when error is OperationCanceledException:
                return _rules.Failed(
                    lease, "AttemptTimeout", $"The attempt ran longer than its timeout of {unit.Timeout?.TotalSeconds:0.###} s.", mayRetry: true, error);
            case StopReason.None:
            default:
                break;
        }
        return error switch
        {
            Outcomes.LeaseLostException => Lost(lease),
            RetryLaterException later => _rules.PutOff(lease, later),
            PenstockException { Kind: ErrorKind.StorageFull or ErrorKind.Unavailable } busy =>
                _rules.PutOff(lease, new RetryLaterException(busy.Message, StoreBusyDelay)),
            PenstockException known => _rules.Failed(lease, known.Code, known.Message, known.MayRetry, known),
            _ => _rules.Failed(lease, error.GetType().Name, error.Message, mayRetry: true, error),
        };
    }

    private Completion? Lost(UnitLease lease)
    {
        logger.LeaseLost(lease.Unit, lease.Attempt);
        return null;
    }
}

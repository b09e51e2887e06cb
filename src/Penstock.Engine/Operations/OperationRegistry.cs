using System.Text.Json;
using Penstock.Engine.Enqueueing;

namespace Penstock.Engine.Operations;

/// <summary>A named line of jobs.</summary>
/// <param name="MaxRunning">Units that may run at once over all workers; null: as many as there are slots.</param>
/// <param name="OnLost">What becomes of a job whose worker died.</param>
public sealed record QueueDefinition(string Name, int? MaxRunning = null, LostPolicy OnLost = LostPolicy.Requeue)
{
    /// <summary>Jobs with the same concurrency key that may run at once; null: no limit.</summary>
    public int? MaxRunningPerKey { get; init; }

    /// <summary>Starts of all its units; null: no limit.</summary>
    public RateLimit? Rate { get; init; }

    /// <summary>Starts of jobs with the same concurrency key; null: no limit.</summary>
    public RateLimit? RatePerKey { get; init; }

    /// <summary>Whether an operator may run its succeeded and cancelled jobs again. Failed ones are redriven either way.</summary>
    public FinishedPolicy Finished { get; init; } = FinishedPolicy.Immutable;
}

public enum FinishedPolicy
{
    /// <summary>What succeeded or was cancelled stays so; running it again takes a new job.</summary>
    Immutable,

    /// <summary>An operator may requeue it: same id, further attempts, the history goes on.</summary>
    Requeueable,
}

public enum LostPolicy
{
    /// <summary>Back to the queue; after too many deaths it is quarantined as a dead letter.</summary>
    Requeue,

    /// <summary>Failed at once.</summary>
    Fail,
}

/// <summary>All operations and queues of this program, by name; fixed once the program runs.</summary>
public sealed class OperationRegistry
{
    private readonly Dictionary<string, OperationDefinition> _operations;
    private readonly Dictionary<string, QueueDefinition> _queues;
    private readonly HashSet<string> _externalQueues;
    private readonly Dictionary<string, ResourceDefinition> _resources;

    /// <exception cref="OperationDeclaredTwiceException"/>
    /// <exception cref="QueueMixedException">External and in-process operations share a home queue.</exception>
    /// <exception cref="InvalidLimitException">A limit out of range.</exception>
    /// <exception cref="UnknownResourceException">An operation needs a resource that nobody declared.</exception>
    public OperationRegistry(
        IEnumerable<OperationDefinition> operations, IEnumerable<QueueDefinition> queues, IEnumerable<ResourceDefinition>? resources = null)
    {
        Dictionary<string, OperationDefinition> operationsByName = new(StringComparer.Ordinal);
        foreach (OperationDefinition operation in operations)
        {
            if (!operationsByName.TryAdd(operation.Name, operation))
                throw new OperationDeclaredTwiceException(operation.Name);
        }
        _operations = operationsByName;
        _externalQueues = ExternalQueues(_operations.Values);
        // The last word on a queue wins, so that penstock.yaml can override what a pipeline declared.
        Dictionary<string, QueueDefinition> byName = new(StringComparer.Ordinal);
        foreach (QueueDefinition queue in queues)
            byName[queue.Name] = queue;
        foreach (OperationDefinition operation in _operations.Values)
            byName.TryAdd(operation.QueueName, new QueueDefinition(operation.QueueName));
        _queues = byName;
        // As with queues, the last word wins.
        Dictionary<string, ResourceDefinition> declared = new(StringComparer.Ordinal);
        foreach (ResourceDefinition resource in resources ?? [])
            declared[resource.Name] = resource;
        _resources = declared;
        CheckLimits();
    }

    public IEnumerable<OperationDefinition> Operations => _operations.Values.OrderBy(o => o.Name, StringComparer.Ordinal);
    public IEnumerable<QueueDefinition> Queues => _queues.Values.OrderBy(q => q.Name, StringComparer.Ordinal);
    public IEnumerable<ResourceDefinition> Resources => _resources.Values.OrderBy(r => r.Name, StringComparer.Ordinal);

    /// <summary>Queues that workers of this program take from; those of external operations are left to remote workers.</summary>
    public IEnumerable<QueueDefinition> InProcessQueues => Queues.Where(q => !IsExternalQueue(q.Name));

    /// <summary>Whether only workers outside this program take jobs from it.</summary>
    public bool IsExternalQueue(string name) => _externalQueues.Contains(name);

    /// <exception cref="UnknownOperationException"/>
    public OperationDefinition Operation(string name) =>
        _operations.TryGetValue(name, out OperationDefinition? found)
            ? found
            : throw new UnknownOperationException(name, Operations.Where(o => !o.IsItem).Select(o => o.Name));

    /// <returns>Null: this program does not have it.</returns>
    public OperationDefinition? Find(string name) => _operations.GetValueOrDefault(name);

    /// <returns>Null: this program does not declare it.</returns>
    public QueueDefinition? FindQueue(string name) => _queues.GetValueOrDefault(name);

    /// <exception cref="UnknownQueueException"/>
    public QueueDefinition Queue(string name) =>
        _queues.TryGetValue(name, out QueueDefinition? found) ? found : throw new UnknownQueueException(name, Queues.Select(q => q.Name));

    /// <exception cref="UnknownResourceException"/>
    public ResourceDefinition Resource(string name) =>
        _resources.TryGetValue(name, out ResourceDefinition? found)
            ? found
            : throw new UnknownResourceException(name, Resources.Select(r => r.Name));

    /// <summary>Reads a payload strictly into the operation's record.</summary>
    /// <exception cref="InvalidPayloadException">With the JSON path and what was expected there.</exception>
    public static object ReadPayload(OperationDefinition operation, string payload)
    {
        try
        {
            return PayloadJson.Read(payload, operation.PayloadType);
        }
        catch (JsonException error)
        {
            throw new InvalidPayloadException(operation.Name, error.Message);
        }
    }

    private static HashSet<string> ExternalQueues(IEnumerable<OperationDefinition> operations)
    {
        HashSet<string> external = new(StringComparer.Ordinal);
        foreach (IGrouping<string, OperationDefinition> queue in operations.GroupBy(o => o.QueueName))
        {
            OperationDefinition? outside = queue.FirstOrDefault(o => o.IsExternal);
            OperationDefinition? inside = queue.FirstOrDefault(o => !o.IsExternal);
            if (outside is not null && inside is not null)
                throw new QueueMixedException(queue.Key, outside.Name, inside.Name);
            if (outside is not null)
                external.Add(queue.Key);
        }
        return external;
    }

    // A program that asks for what it did not declare must not come up only to fail at its first job.
    private void CheckLimits()
    {
        foreach (ResourceDefinition resource in _resources.Values)
        {
            if (resource.Problem is { } problem)
                throw new InvalidLimitException($"resource '{resource.Name}'", problem);
        }
        foreach (QueueDefinition queue in _queues.Values)
        {
            if ((queue.Rate?.Problem ?? queue.RatePerKey?.Problem) is { } problem)
                throw new InvalidLimitException($"queue '{queue.Name}'", problem);
            if (queue.MaxRunningPerKey < 1)
                throw new InvalidLimitException($"queue '{queue.Name}'", $"max_running_per_key is at least 1, not {queue.MaxRunningPerKey}");
        }
        foreach (OperationDefinition operation in _operations.Values)
            ResourceNeeds.Check(this, operation.Resources);
    }
}

using System.Text.Json;
using Penstock.Engine.Operations;
using Penstock.Engine.Protection;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Enqueueing;

/// <summary>Turns a request into a row ready to be stored: checks it and fills what the caller left to the operation.</summary>
public sealed class JobDrafting(OperationRegistry registry, IPayloadProtector protector, TimeProvider time, IdGenerator ids)
{
    public const int PriorityMax = 1_000;
    public const int KeyLengthMax = 200;

    /// <summary>Jobs that one may depend on; a job that joins more should depend on jobs that join parts of them.</summary>
    public const int DependenciesMax = 1_000;

    /// <summary>Larger inputs belong into the artifact store, with their name in the payload.</summary>
    public const int PayloadBytesMax = 1_048_576;

    /// <summary>A request for the operation that was registered with this class.</summary>
    /// <exception cref="InvalidJobException">The class is not registered once, or the payload is another record.</exception>
    public NewJob New(Type operationType, object payload)
    {
        OperationDefinition[] found = [.. registry.Operations.Where(o => o.OperationType == operationType)];
        if (found.Length != 1)
            throw new InvalidJobException(
                found.Length == 0
                    ? $"No operation is registered with the class {operationType.Name}; add it with AddOperation<{operationType.Name}>."
                    : $"{operationType.Name} is registered as {string.Join(" and ", found.Select(o => o.Name))}; enqueue it by name.");
        return found[0].PayloadType.IsInstanceOfType(payload)
            ? NewJob.Of(found[0].Name, payload)
            : throw new InvalidJobException($"{found[0].Name} takes a payload of {found[0].PayloadType}, not of {payload.GetType()}.");
    }

    /// <summary>The queue that a request goes to.</summary>
    /// <exception cref="UnknownOperationException"/>
    public string QueueOf(NewJob job) => job.QueueName ?? registry.Operation(job.Operation).QueueName;

    /// <exception cref="UnknownOperationException"/>
    /// <exception cref="UnknownQueueException"/>
    /// <exception cref="InvalidJobException"/>
    /// <exception cref="UnknownResourceException"/>
    /// <exception cref="ResourceTooSmallException"/>
    /// <exception cref="InvalidPayloadException"/>
    public JobDraft Draft(NewJob job) => Draft(job, seals: false);

    /// <param name="seals">Its payload comes out of an encrypted one and must be stored as such, whatever the operation says.</param>
    internal JobDraft Draft(NewJob job, bool seals)
    {
        OperationDefinition operation = registry.Operation(job.Operation);
        if (operation.IsItem)
            throw new InvalidJobException($"Operation '{job.Operation}' runs items of a batch; enqueue its coordinator instead.");
        string queue = registry.Queue(job.QueueName ?? operation.QueueName).Name;
        if (registry.IsExternalQueue(queue) != operation.IsExternal)
            throw new InvalidJobException(operation.IsExternal
                ? $"Operation '{job.Operation}' is external and queue '{queue}' is not: its jobs must go to a queue of external operations, such as '{operation.QueueName}'."
                : $"Queue '{queue}' holds jobs for remote workers, and '{job.Operation}' runs in this program. Leave queue_name out to use '{operation.QueueName}'.");
        if (SealedText.Is(job.Payload))
            throw new InvalidJobException($"the member '{SealedText.Member}' of the payload is the engine's own: it opens for the job it was made for and for no other.");
        if (job.Meta is not null)
            CheckJson("meta", job.Meta);
        if (Math.Abs(job.Priority) > PriorityMax)
            throw new InvalidJobException($"priority {job.Priority} is outside -{PriorityMax} to {PriorityMax}.");
        CheckKey("idempotency_key", job.IdempotencyKey);
        CheckKey("unique_key", job.UniqueKey);
        if (job.MaxAttempts is < 1 or > 1_000)
            throw new InvalidJobException($"max_attempts {job.MaxAttempts} is outside 1 to 1000.");
        if (job.Delay < TimeSpan.Zero || job.Timeout <= TimeSpan.Zero)
            throw new InvalidJobException("delay_seconds must not be negative and timeout_seconds must be above 0.");

        CheckKey("concurrency_key", job.ConcurrencyKey);
        // Last: what is wrong with the request itself is to be said first.
        CheckPayload(operation, job.Payload);

        DateTimeOffset now = time.GetUtcNow();
        Guid id = job.Id ?? ids.NewId();
        return new JobDraft(
            id, operation.Name, queue, seals || operation.EncryptsPayload ? protector.Seal(job.Payload, id) : job.Payload, job.Meta, job.Priority, now,
            job.RunAt ?? (job.Delay is { } delay ? now + delay : null), job.IdempotencyKey, job.ParentJobId,
            job.MaxAttempts ?? operation.Retry.MaxAttempts, job.Timeout ?? operation.Timeout, job.Source)
        {
            Resources = ResourceNeeds.Of(registry, operation, job, queue),
            DependsOn = job.DependsOn.Count == 0 ? [] : CheckedDependencies(job, id),
            OnDependencyFailure = job.OnDependencyFailure,
            UniqueKey = job.UniqueKey,
        };
    }

    private static List<Guid> CheckedDependencies(NewJob job, Guid id)
    {
        List<Guid> distinct = job.DependsOn.Distinct().ToList();
        if (distinct.Count > DependenciesMax)
            throw new InvalidJobException(
                $"depends_on names {distinct.Count:N0} jobs; the limit is {DependenciesMax:N0}. Join parts of them in jobs of their own.");
        if (distinct.Contains(id))
            throw new InvalidJobException($"depends_on names the job itself ({id}): it would wait for ever.");
        if (job.ParentJobId is { } parent && distinct.Contains(parent))
            throw new InvalidJobException($"depends_on names the job's parent ({parent}), which may wait for its children: neither would go on.");
        return distinct;
    }

    private static void CheckKey(string name, string? key)
    {
        if (key is not null && (string.IsNullOrWhiteSpace(key) || key.Length > KeyLengthMax))
            throw new InvalidJobException($"{name} must have 1 to {KeyLengthMax} characters; it has {key.Length}.");
    }

    /// <summary>A payload that does not fit would only fail later, in a worker, and become a dead letter.</summary>
    private static void CheckPayload(OperationDefinition operation, string payload)
    {
        try
        {
            if (payload.Length <= PayloadBytesMax && payload.AsSpan().TrimStart() is ['{', ..])
            {
                OperationRegistry.ReadPayload(operation, payload);
                return;
            }
        }
        catch (InvalidPayloadException)
        {
            CheckJson("payload", payload); // Says it better if it is no JSON at all.
            throw;
        }
        CheckJson("payload", payload);
    }

    private static void CheckJson(string name, string json)
    {
        if (json.Length > PayloadBytesMax)
            throw new InvalidJobException($"{name} has {json.Length:N0} characters; the limit is {PayloadBytesMax:N0}. Store large inputs as an artifact and give its name.");
        try
        {
            Utf8JsonReader reader = new(System.Text.Encoding.UTF8.GetBytes(json));
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new InvalidJobException($"{name} must be a JSON object.");
            while (reader.Read()) { }
        }
        catch (JsonException error)
        {
            throw new InvalidJobException($"{name} is not valid JSON: {error.Message}");
        }
    }
}

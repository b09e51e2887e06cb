using System.Text.Json;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Operations;

/// <summary>The steps of one execution: what earlier ones stored, the names used so far, and whether it has to stop and wait.</summary>
/// <remarks>Loaded at the first use only, so that an operation without steps pays nothing, and a job without any reads nothing.</remarks>
internal sealed class JobSteps(JobLease lease, IFlowStore store)
{
    public const int NameLengthMax = 200;

    /// <summary>Every execution reads all of them; a job that needs more should be several jobs.</summary>
    public const int StepsMax = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private Task<Dictionary<string, StoredStep>>? _loading;

    /// <summary>Why this execution ends before its job is done; null: it does not.</summary>
    public Suspension? Suspension { get; private set; }

    /// <summary>The stored name of this use, and what an earlier execution left under it.</summary>
    public async Task<(string Key, StoredStep? Stored)> BeginAsync(string name, StepKind kind, CancellationToken cancellationToken)
    {
        string key = Use(name);
        Dictionary<string, StoredStep> stored = await LoadAsync(cancellationToken);
        if (!stored.TryGetValue(key, out StoredStep? found))
            return (key, null);
        if (found.Kind != kind)
            throw new StepChangedException(key, $"was stored as a {found.Kind.ToText()} and is a {kind.ToText()} now");
        return (key, found);
    }

    /// <summary>Marks the execution as one that waits.</summary>
    /// <returns>To be thrown.</returns>
    public JobSuspendedException Suspend(Suspension suspension)
    {
        lock (_lock)
            Suspension ??= suspension;
        return new JobSuspendedException();
    }

    public static string Write<T>(string key, T value)
    {
        string output = JsonSerializer.Serialize(value, PayloadJson.Options);
        return output.Length <= StepDraft.OutputMax ? output : throw new StepOutputTooLargeException(key, output.Length);
    }

    public static T Read<T>(string key, string output)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(output, PayloadJson.Options)!;
        }
        catch (JsonException error)
        {
            throw new StepChangedException(key, $"left JSON that is no {typeof(T).Name}: {error.Message}");
        }
    }

    private string Use(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > NameLengthMax || name.Contains('#'))
            throw new InvalidStepException($"A step's name has 1 to {NameLengthMax} characters and no '#'; '{name}' is none.");
        lock (_lock)
        {
            // After a suspension nothing may begin, whatever the operation caught: its slot is as good as gone.
            if (Suspension is not null)
                throw new JobSuspendedException();
            int uses = _uses[name] = _uses.GetValueOrDefault(name) + 1;
            if (_uses.Count > StepsMax || uses > StepsMax)
                throw new InvalidStepException($"A job may have {StepsMax:N0} steps. Split its work over child jobs or a batch.");
            return uses == 1 ? name : $"{name}#{uses}";
        }
    }

    private Task<Dictionary<string, StoredStep>> LoadAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // One that failed is asked again by the next step.
            if (_loading is null || _loading.IsFaulted || _loading.IsCanceled)
                _loading = ReadAllAsync(cancellationToken);
            return _loading;
        }
    }

    private async Task<Dictionary<string, StoredStep>> ReadAllAsync(CancellationToken cancellationToken) =>
        lease.HasSteps
            ? (await store.StepsAsync(lease.JobId, cancellationToken)).ToDictionary(s => s.Name, StringComparer.Ordinal)
            : [];
}

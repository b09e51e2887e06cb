using System.Text.Json;
using Penstock.Engine.Operations;

namespace Penstock.Engine.Enqueueing;

/// <summary>What a unit needs while it runs: its operation's resources, its own, and its key; as the JSON text the store keeps.</summary>
internal static class ResourceNeeds
{
    /// <summary>More are a mistake: each is looked up at the claim.</summary>
    private const int NamesMax = 20;

    /// <returns>Null: nothing.</returns>
    public static string? Of(OperationRegistry registry, OperationDefinition operation, NewJob job, string queueName)
    {
        if (job.Resources is not { Count: > 0 } && job.ConcurrencyKey is null)
            return ToJson(operation.Resources); // Checked when the program came up.
        Dictionary<string, int> all = new(operation.Resources, StringComparer.Ordinal);
        foreach ((string name, int units) in job.Resources ?? System.Collections.ObjectModel.ReadOnlyDictionary<string, int>.Empty)
            all[name] = units;
        Check(registry, all);
        if (job.ConcurrencyKey is { } key)
            all[ResourceDefinition.NameOfKey(queueName, key)] = 1;
        return ToJson(all);
    }

    /// <exception cref="InvalidJobException">Not at least one unit, or too many names.</exception>
    /// <exception cref="UnknownResourceException"/>
    /// <exception cref="ResourceTooSmallException"/>
    public static void Check(OperationRegistry registry, IReadOnlyDictionary<string, int> needs)
    {
        if (needs.Count > NamesMax)
            throw new InvalidJobException($"resources names {needs.Count} resources; a job may need {NamesMax} at most.");
        foreach ((string name, int units) in needs)
        {
            ResourceDefinition resource = registry.Resource(name);
            if (units < 1)
                throw new InvalidJobException($"resources asks for {units} units of '{name}'; at least 1 is needed, or leave it out.");
            if (units > resource.Capacity)
                throw new ResourceTooSmallException(name, units, resource.Capacity);
        }
    }

    public static string? ToJson(IReadOnlyDictionary<string, int> needs) => needs.Count == 0
        ? null
        : JsonSerializer.Serialize(new SortedDictionary<string, int>(needs.ToDictionary(), StringComparer.Ordinal));
}

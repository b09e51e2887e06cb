namespace Penstock.Engine.Operations;

/// <summary>Something of which only so much can be used at once, by all workers together: a device, a licence, a service.</summary>
/// <param name="Name">Such as <c>gpu:0</c>; 1 to 100 characters, not beginning with <c>key:</c>.</param>
/// <param name="Capacity">Units that may be in use at once, 0 to 1000000. With 0 nothing that needs it starts.</param>
public sealed record ResourceDefinition(string Name, int Capacity)
{
    /// <summary>The engine's own resources, one for each concurrency key, begin with this.</summary>
    public const string KeyPrefix = "key:";

    public const int NameLengthMax = 100;
    public const int CapacityMax = 1_000_000;

    /// <summary>Starts of units that need it, however many units of it they take; null: no limit.</summary>
    public RateLimit? Rate { get; init; }

    /// <summary>The resource that stands for a concurrency key of a queue.</summary>
    public static string NameOfKey(string queueName, string key) => $"{KeyPrefix}{queueName}:{key}";

    /// <summary>What is wrong with it; null: nothing.</summary>
    public string? Problem =>
        string.IsNullOrWhiteSpace(Name) || Name.Length > NameLengthMax ? $"the name of a resource has 1 to {NameLengthMax} characters"
        : Name.StartsWith(KeyPrefix, StringComparison.Ordinal) ? $"names that begin with '{KeyPrefix}' belong to concurrency keys"
        : Capacity is < 0 or > CapacityMax ? $"a capacity is 0 to {CapacityMax}, not {Capacity}"
        : Rate?.Problem;
}

using System.Text.Json;

namespace Penstock.Client.Workers;

/// <summary>An entry for the history of a running job.</summary>
/// <param name="Name"><c>noun.past_verb</c>: lower-case letters, digits, dots and underscores, up to 100. Not <c>job.</c> or <c>child.</c>, which are the engine's.</param>
public sealed record UnitEvent(string Name)
{
    public string? Message { get; init; }

    /// <summary><c>info</c>, <c>warning</c> or <c>error</c>.</summary>
    public string Level { get; init; } = "info";

    /// <summary>JSON object; null: none.</summary>
    public JsonElement? Fields { get; init; }

    /// <summary>Sets the job's progress with it; null: leaves it.</summary>
    public UnitProgress? Progress { get; init; }
}

/// <param name="Current">Units done, 0 to <paramref name="Total"/>.</param>
/// <param name="Total">Units in all; null while unknown.</param>
public sealed record UnitProgress(long Current, long? Total);

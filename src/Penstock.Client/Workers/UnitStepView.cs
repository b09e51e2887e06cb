using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Client.Workers;

/// <summary>What a step of a job left; a later execution skips the step and takes this.</summary>
public sealed record UnitStepView(string Name, [property: JsonConverter(typeof(UnmaskedJsonConverter))] JsonElement Output);

/// <summary>A step that is done.</summary>
/// <param name="Output">Any JSON, up to a mebibyte.</param>
public sealed record StepDone(JsonElement Output)
{
    /// <summary>How long its work took; for people.</summary>
    public double DurationSeconds { get; init; }
}

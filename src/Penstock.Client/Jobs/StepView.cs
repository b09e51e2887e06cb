using System.Text.Json;

namespace Penstock.Client.Jobs;

/// <summary>What a step of a job left.</summary>
/// <param name="Name">As the operation names it; its n-th use in one execution is <c>name#n</c>.</param>
/// <param name="Kind"><c>step</c>, <c>sleep</c>, <c>signal</c> or <c>children</c>.</param>
/// <param name="Outcome"><c>completed</c>, <c>timed_out</c> or <c>failed</c>.</param>
/// <param name="Output">The value of a step, the wake time of a sleep, the payload of a signal, the ends of children. Null in a job's own view if it is long.</param>
/// <param name="OutputLength">Characters of the output as JSON.</param>
/// <param name="Attempt">The execution that completed it.</param>
/// <param name="DurationSeconds">How long its work or its wait took.</param>
public sealed record StepView(
    string Name, string Kind, string Outcome, JsonElement? Output, int OutputLength, int Attempt, DateTimeOffset FinishedAt,
    double DurationSeconds);

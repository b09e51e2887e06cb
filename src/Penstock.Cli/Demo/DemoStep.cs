using System.Text.Json;
using Penstock.Client.Jobs;

namespace Penstock.Cli.Demo;

/// <summary>One job of the demonstration.</summary>
/// <param name="Title">What it does, as an order: "load the ontology".</param>
/// <param name="EnqueueAsync">Asks for the job.</param>
/// <param name="Outcome">What came of it, from the job's result.</param>
internal sealed record DemoStep(string Title, Func<CancellationToken, Task<QueuedJob>> EnqueueAsync, Func<JsonElement, string> Outcome);

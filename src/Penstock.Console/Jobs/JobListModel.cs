using Penstock.Client.Jobs;
using Penstock.Client.Operations;
using Penstock.Client.Queues;
using Penstock.Console.Hosting;

namespace Penstock.Console.Jobs;

/// <param name="Jobs">Newest first.</param>
/// <param name="HasMore">Older jobs follow these.</param>
public sealed record JobListModel(
    JobListFilter Filter, IReadOnlyList<JobView> Jobs, bool HasMore, IReadOnlyList<OperationView> Operations, IReadOnlyList<QueueView> Queues);

/// <summary>What the address of the list asks for.</summary>
/// <param name="IdPart">Part of an id, looked for among the newest jobs.</param>
/// <param name="Before">Cursor: only jobs enqueued before this one.</param>
public sealed record JobListFilter(
    string? Status, string? Operation, string? Queue, string? IdPart, bool Children, Guid? Before)
{
    public bool IsEmpty => this is { Status: null, Operation: null, Queue: null, IdPart: null };

    public string Path => ConsolePaths.WithQuery(
        ConsolePaths.Jobs, ("status", Status), ("operation", Operation), ("queue", Queue), ("q", IdPart),
        ("children", Children ? "1" : null), ("before", Before?.ToString()));
}

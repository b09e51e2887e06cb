using Penstock.Client.DeadLetters;
using Penstock.Client.Queues;
using Penstock.Console.Hosting;

namespace Penstock.Console.DeadLetters;

/// <param name="Total">Letters that fit the filter, on all pages.</param>
public sealed record DeadLetterListModel(
    DeadLetterFilter Filter, IReadOnlyList<DeadLetterView> Letters, long Total, IReadOnlyList<QueueView> Queues);

/// <summary>What the address of the list asks for.</summary>
/// <param name="Status"><c>open</c>, <c>in_review</c>, <c>quarantined</c>, <c>redriven</c>, <c>archived</c> or <c>all</c>.</param>
public sealed record DeadLetterFilter(string Status, string? Queue, string? ErrorCode, int Offset)
{
    /// <summary>What many letters are settled by: the shown ones on all pages, without those already decided.</summary>
    public bool IsOpen => Status is "open" or "in_review" or "quarantined";

    public string Path => ConsolePaths.WithQuery(
        ConsolePaths.DeadLetters, ("status", Status == "open" ? null : Status), ("queue", Queue), ("error", ErrorCode),
        ("offset", Offset > 0 ? Offset.ToString() : null));
}

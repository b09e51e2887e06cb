using Penstock.Client.DeadLetters;
using Penstock.Client.Queues;
using Penstock.Console.Hosting;

namespace Penstock.Console.DeadLetters;

/// <param name="Total">Letters that fit the filter, on all pages.</param>
public sealed record DeadLetterListModel(
    DeadLetterFilter Filter, IReadOnlyList<DeadLetterView> Letters, long Total, IReadOnlyList<QueueView> Queues);

/// <summary>What the address of the list asks for.</summary>
/// <param name="Status"><c>pending</c>, <c>redriven</c> or <c>all</c>.</param>
public sealed record DeadLetterFilter(string Status, string? Queue, string? ErrorCode, int Offset)
{
    public string Path => ConsolePaths.WithQuery(
        ConsolePaths.DeadLetters, ("status", Status == "pending" ? null : Status), ("queue", Queue), ("error", ErrorCode),
        ("offset", Offset > 0 ? Offset.ToString() : null));
}

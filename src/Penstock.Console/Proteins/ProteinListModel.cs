using Penstock.Client.Proteins;
using Penstock.Console.Hosting;

namespace Penstock.Console.Proteins;

public sealed record ProteinListModel(ProteinListFilter Filter, OffsetPage<ProteinSummary> Page, ProteinStats Stats);

/// <summary>What the address of the list asks for.</summary>
/// <param name="Reviewed"><c>yes</c>, <c>no</c> or null: both.</param>
public sealed record ProteinListFilter(string? Search, string? Reviewed, bool Isoforms, int Offset)
{
    public bool IsEmpty => this is { Search: null, Reviewed: null };

    public string Path => ConsolePaths.WithQuery(
        ConsolePaths.Proteins, ("search", Search), ("reviewed", Reviewed), ("isoforms", Isoforms ? "1" : null),
        ("offset", Offset > 0 ? Offset.ToString() : null));
}

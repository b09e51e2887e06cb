using Penstock.Client.Proteins;

namespace Penstock.Console.QuerySets;

/// <param name="Blocker">Why nothing can be annotated yet; null where it can.</param>
public sealed record QuerySetListModel(IReadOnlyList<QuerySet> QuerySets, string? Blocker);

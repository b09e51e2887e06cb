namespace Penstock.Proteins.Ontology;

/// <summary>The terms of one OBO file.</summary>
/// <param name="Version">Value of the first <c>data-version:</c> line, for example <c>releases/2022-07-01</c>.</param>
/// <param name="Terms">In file order, obsolete ones included; ids are unique.</param>
/// <param name="RelationshipCounts">Kept edges by kind.</param>
/// <param name="Skipped">What was read and not kept, by reason; zero counts included.</param>
public sealed record OntologyDocument(
    string Version,
    IReadOnlyList<OntologyTerm> Terms,
    IReadOnlyDictionary<RelationKind, int> RelationshipCounts,
    OntologySkips Skipped)
{
    /// <summary>Kept edges of all kinds.</summary>
    public int RelationshipCount => RelationshipCounts.Values.Sum();
}

namespace Penstock.Proteins.Ontology;

/// <summary>One GO term as its stanza gives it.</summary>
/// <param name="Id">For example <c>GO:0008150</c>.</param>
/// <param name="Namespace">As written; null when the stanza has none.</param>
/// <param name="Definition">Text between the first pair of quotes of <c>def:</c>; null without one.</param>
/// <param name="AltIds">Former ids that now mean this term.</param>
/// <param name="IsA">Parents by is_a, in file order, without repeats.</param>
/// <param name="Relationships">Parents by the other kept relations, in file order, without repeats.</param>
public sealed record OntologyTerm(
    string Id,
    string? Name,
    string? Namespace,
    string? Definition,
    bool IsObsolete,
    IReadOnlyList<string> AltIds,
    IReadOnlyList<string> IsA,
    IReadOnlyList<OntologyRelationship> Relationships)
{
    /// <summary>Null for a term outside the three GO namespaces.</summary>
    public OntologyAspect? Aspect => OntologyAspects.FromNamespace(Namespace);
}

namespace Penstock.Proteins.Ontology;

/// <summary>An edge from the term that holds it to a parent.</summary>
/// <param name="TargetId">GO id of the parent; always a term of the same document.</param>
public readonly record struct OntologyRelationship(RelationKind Kind, string TargetId);

using Penstock.Proteins.Ontology;

namespace Penstock.Proteins.Transfer;

/// <summary>One annotation of a reference protein.</summary>
/// <param name="Aspect">Null for a term whose aspect the ontology does not say; such a term is transferred in one
/// search over all terms only.</param>
public readonly record struct ReferenceAnnotation(string GoId, OntologyAspect? Aspect, string Qualifier, string EvidenceCode);

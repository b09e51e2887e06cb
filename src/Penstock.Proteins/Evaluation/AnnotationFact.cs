namespace Penstock.Proteins.Evaluation;

/// <summary>One annotation as an evaluation needs it.</summary>
/// <param name="GoId">A term of the graph, or an alternative id of one.</param>
/// <param name="Qualifier">For example <c>enables</c> or <c>NOT|enables</c>.</param>
/// <param name="EvidenceCode">Three-letter code, or an ECO id stored raw.</param>
public readonly record struct AnnotationFact(string Accession, string GoId, string Qualifier, string EvidenceCode);

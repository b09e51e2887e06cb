namespace Penstock.Client.Proteins;

/// <summary>One GO annotation of a protein.</summary>
/// <param name="Aspect">P, F, C, or null where the ontology names none.</param>
/// <param name="Qualifier">As in the source; <c>NOT|...</c> says the protein does not have the function.</param>
public sealed record ProteinAnnotation(
    string GoId, string Name, string? Aspect, string? Qualifier, string EvidenceCode, string? AssignedBy, string? DbReference,
    Guid AnnotationSetId, string AnnotationSetSource, string AnnotationSetVersion);

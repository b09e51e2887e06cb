namespace Penstock.Proteins.Evaluation;

/// <summary>Counts of a delta, as a job's result and an evaluation set's row show them.</summary>
/// <param name="DeltaProteins">Proteins in at least one category; one protein can be LK and PK at once.</param>
/// <param name="KnownTermsCount">Experimental annotations of the old set, of all proteins.</param>
public sealed record AnnotationDeltaStats(
    int DeltaProteins,
    int NkProteins,
    int LkProteins,
    int PkProteins,
    int NkAnnotations,
    int LkAnnotations,
    int PkAnnotations,
    int KnownTermsCount);

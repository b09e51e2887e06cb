namespace Penstock.Client.Proteins;

/// <summary>What changed between two annotation sets: the ground truth of an evaluation.</summary>
public sealed record EvaluationSet(
    Guid Id, Guid OldAnnotationSetId, Guid NewAnnotationSetId, string OldVersion, string NewVersion, Guid? JobId, DateTimeOffset CreatedAt,
    EvaluationStats Stats);

/// <summary>Proteins and new terms without knowledge (NK), with limited (LK) and with partial knowledge (PK).</summary>
public sealed record EvaluationStats(
    long DeltaProteins, long NkProteins, long LkProteins, long PkProteins, long NkAnnotations, long LkAnnotations, long PkAnnotations,
    long KnownTermsCount);

public sealed record GenerateEvaluationSetRequest(Guid OldAnnotationSetId, Guid NewAnnotationSetId);

namespace Penstock.Client.Proteins;

/// <summary>Information accretion of every term, computed from one annotation set.</summary>
/// <param name="EvidenceRegime"><c>lafa</c> (the 13 experimental codes), <c>experimental</c> (EXP IDA IPI IMP IGI IEP) or <c>all</c>.</param>
/// <param name="IaMax">Bits.</param>
public sealed record InformationAccretionSet(
    Guid Id, Guid OntologySnapshotId, Guid AnnotationSetId, string EvidenceRegime, string Artifact, string ContentSha256, long TermCount,
    long NonzeroCount, long AnnotationCount, long ProteinCount, double IaMax, double IaMean, Guid? JobId, DateTimeOffset CreatedAt);

public sealed record ComputeInformationAccretionRequest(Guid AnnotationSetId, string EvidenceRegime = "lafa");

namespace Penstock.Client.Proteins;

/// <summary>One predicted term of one protein: what, from whom, how near.</summary>
/// <param name="Distance">To the reference: cosine in [0, 2], or squared Euclidean.</param>
/// <param name="Score">1 - distance/2, at least 0: the plain embedding similarity.</param>
/// <param name="EvidenceCode">Of the reference's annotation.</param>
/// <param name="VoteCount">With re-ranker features: neighbours that carry the term; null without.</param>
public sealed record Prediction(
    string ProteinAccession, string GoId, string Name, string? Aspect, double Distance, double Score, string RefProteinAccession,
    string? Qualifier, string EvidenceCode, int? VoteCount, int? KPosition, int? GoTermFrequency, int? RefAnnotationDensity,
    double? NeighborDistanceStd);

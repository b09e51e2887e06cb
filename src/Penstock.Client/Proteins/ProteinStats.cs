namespace Penstock.Client.Proteins;

/// <summary>How many proteins there are, and how many of them have embeddings and annotations.</summary>
public sealed record ProteinStats(
    long Total, long Canonical, long Isoforms, long Reviewed, long Unreviewed, long WithEmbeddings, long WithGoAnnotations);

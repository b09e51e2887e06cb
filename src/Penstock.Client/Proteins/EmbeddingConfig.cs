namespace Penstock.Client.Proteins;

/// <summary>How sequences become vectors.</summary>
/// <param name="ModelBackend"><c>builtin</c>: composition and spaced k-mers, no model needed.</param>
public sealed record EmbeddingConfig(
    Guid Id, string ModelName, string ModelBackend, IReadOnlyList<int> LayerIndices, string LayerAgg, string Pooling,
    bool NormalizeResidues, bool Normalize, int MaxLength, bool UseChunking, int ChunkSize, int ChunkOverlap, string? Description,
    DateTimeOffset CreatedAt, long EmbeddingCount);

public sealed record CreateEmbeddingConfigRequest
{
    public string ModelName { get; init; } = "";
    public string ModelBackend { get; init; } = "builtin";
    public IReadOnlyList<int> LayerIndices { get; init; } = [0];
    public string LayerAgg { get; init; } = "mean";
    public string Pooling { get; init; } = "mean";
    public bool NormalizeResidues { get; init; }
    public bool Normalize { get; init; } = true;
    public int MaxLength { get; init; } = 1_022;
    public bool UseChunking { get; init; }
    public int ChunkSize { get; init; } = 512;
    public int ChunkOverlap { get; init; }
    public string? Description { get; init; }
}

public sealed record DeletedEmbeddingConfig(Guid Deleted, long EmbeddingsDeleted, long PredictionSetsDeleted, long PredictionsDeleted);

/// <summary>Which sequences to embed: a query set, or accessions, or (both null) all.</summary>
public sealed record ComputeEmbeddingsRequest(
    Guid EmbeddingConfigId, IReadOnlyList<string>? Accessions = null, Guid? QuerySetId = null, int SequencesPerJob = 64,
    bool SkipExisting = true);

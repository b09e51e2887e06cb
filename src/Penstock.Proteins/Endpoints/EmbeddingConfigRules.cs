using Penstock.Client.Proteins;
using Penstock.Engine;
using Penstock.Proteins.Operations;

namespace Penstock.Proteins.Endpoints;

/// <summary>What an embedding configuration may say.</summary>
internal static class EmbeddingConfigRules
{
    private static readonly string[] Backends = [EmbeddingModels.BuiltinBackend, "esm", "esm3c", "t5", "auto"];
    private static readonly string[] LayerAggregations = ["mean", "last", "concat"];
    private static readonly string[] Poolings = ["mean", "max", "cls", "mean_max"];

    /// <exception cref="EmbeddingConfigInvalidException">With everything that is wrong.</exception>
    public static void Check(CreateEmbeddingConfigRequest config)
    {
        List<string> problems = [];
        void Rule(bool holds, string problem)
        {
            if (!holds)
                problems.Add(problem);
        }

        Rule(!string.IsNullOrWhiteSpace(config.ModelName), "model_name is blank.");
        Rule(Backends.Contains(config.ModelBackend), $"model_backend must be one of {string.Join(", ", Backends)}.");
        Rule(LayerAggregations.Contains(config.LayerAgg), $"layer_agg must be one of {string.Join(", ", LayerAggregations)}.");
        Rule(Poolings.Contains(config.Pooling), $"pooling must be one of {string.Join(", ", Poolings)}.");
        Rule(config.LayerIndices.Count > 0 && config.LayerIndices.All(i => i >= 0), "layer_indices must hold at least one index, each 0 or more.");
        Rule(config.MaxLength is >= 1 and <= 1_000_000, "max_length must be 1 to 1000000.");
        Rule(config.ChunkSize is >= 1 and <= 1_000_000, "chunk_size must be 1 to 1000000.");
        Rule(config.ChunkOverlap >= 0 && config.ChunkOverlap < config.ChunkSize, "chunk_overlap must be 0 or more, and less than chunk_size.");
        if (problems.Count > 0)
            throw new EmbeddingConfigInvalidException(problems);
    }
}

public sealed class EmbeddingConfigInvalidException(IEnumerable<string> problems) : PenstockException(
    "embedding-config-invalid", string.Join(" ", problems));

using Penstock.Client.Proteins;
using Penstock.Engine;
using Penstock.Proteins.Embeddings;

namespace Penstock.Proteins.Operations;

/// <summary>The models this program can embed with.</summary>
internal static class EmbeddingModels
{
    public const string BuiltinBackend = "builtin";

    /// <summary>The id of the configuration every installation has; fixed, so that making it twice makes it once.</summary>
    public static readonly Guid BuiltinConfigId = new("0191f1d0-0000-7000-8000-000000000512");

    public static CreateEmbeddingConfigRequest BuiltinConfig { get; } = new()
    {
        ModelName = AlignmentFreeEmbedding.ModelName,
        ModelBackend = BuiltinBackend,
        Description = "Built in: amino-acid composition and spaced k-mers, 512 values. No model, nothing to download.",
    };

    public static bool CanCompute(EmbeddingConfig config) =>
        config.ModelBackend == BuiltinBackend && config.ModelName == AlignmentFreeEmbedding.ModelName;

    /// <exception cref="EmbeddingModelUnavailableException"/>
    public static void Require(EmbeddingConfig config)
    {
        if (!CanCompute(config))
            throw new EmbeddingModelUnavailableException(config.ModelBackend, config.ModelName);
    }
}

public sealed class EmbeddingModelUnavailableException(string backend, string model) : PenstockException(
    "embedding-model-unavailable",
    $"This version cannot compute embeddings of model '{model}' ({backend}). Use the built-in model " +
    $"'{AlignmentFreeEmbedding.ModelName}', or store vectors computed elsewhere.");

using Penstock.Engine;

namespace Penstock.Proteins.Embeddings;

/// <summary>Stored or transmitted bytes are not the vector they should be.</summary>
public sealed class EmbeddingFormatException(string problem, Exception? inner = null)
    : PenstockException("embedding-format-invalid", problem, inner);

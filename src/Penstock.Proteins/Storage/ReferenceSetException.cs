using Penstock.Engine;

namespace Penstock.Proteins.Storage;

/// <summary>The reference vectors cannot be searched.</summary>
public sealed class ReferenceSetException : PenstockException
{
    private ReferenceSetException(string code, string message)
        : base(code, message)
    {
    }

    internal static ReferenceSetException TooLarge(long count, int dimension, long bytesMax) => new(
        "reference-set-too-large",
        $"{count} reference vectors of {dimension} values take {count * dimension * sizeof(float)} bytes; " +
        $"the limit is {bytesMax} and 2147483591 values. Raise proteins.reference_max_bytes, or use a smaller annotation set.");

    internal static ReferenceSetException Mixed(Guid configId, int least, int most) => new(
        "reference-set-mixed",
        $"Embedding configuration {configId} has vectors of {least} and of {most} values, which cannot be compared. " +
        "Delete the configuration and compute its embeddings again.");

    internal static ReferenceSetException OtherDimension(string accession, int found, int wanted) => new(
        "reference-set-mixed",
        $"The vector of query {accession} has {found} values, those of the references have {wanted}. Compute the embeddings again.");
}

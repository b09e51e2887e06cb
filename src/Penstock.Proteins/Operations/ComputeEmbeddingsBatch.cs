using Penstock.Engine.Operations;
using Penstock.Proteins.Embeddings;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Operations;

/// <summary>Embeds some sequences; the next stage stores the vectors.</summary>
internal sealed class ComputeEmbeddingsBatch(EmbeddingStore embeddings) : ItemOperation<ComputeEmbeddingsBatch.Item>
{
    public const string OperationName = "compute_embeddings_batch";

    public sealed record Item(Guid EmbeddingConfigId, IReadOnlyList<long> SequenceIds, bool SkipExisting);

    public override async Task<ItemOutcome> RunAsync(Item item, ItemContext context, CancellationToken cancellationToken)
    {
        long startedAt = context.Time.GetTimestamp();
        // A sequence deleted since the plan was made is left out.
        List<StoredSequence> sequences = await embeddings.ResiduesAsync(item.SequenceIds, cancellationToken);
        List<SequenceVectors> vectors = await Task.Run(() => sequences.ConvertAll(Embed), cancellationToken);
        return new ItemOutcome(Next: new StoreEmbeddings.Item(item.EmbeddingConfigId, item.SkipExisting, vectors))
        {
            Events =
            [
                new("compute_embeddings_batch.done", new
                {
                    SequencesInferred = vectors.Count, ElapsedSeconds = context.Time.GetElapsedTime(startedAt).TotalSeconds,
                }),
            ],
        };
    }

    private static SequenceVectors Embed(StoredSequence sequence) => new(
        sequence.Id,
        [new VectorChunk(0, null, EmbeddingBytes.ToBytes(AlignmentFreeEmbedding.Embed(sequence.Residues)), AlignmentFreeEmbedding.Dimension)]);
}

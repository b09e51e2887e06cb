using Penstock.Engine.Operations;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Operations;

/// <summary>Stores the vectors of one batch, in the transaction that counts the batch as done.</summary>
/// <remarks>Safe to run again: a sequence has one vector in a configuration.</remarks>
internal sealed class StoreEmbeddings(EmbeddingStore embeddings) : ItemOperation<StoreEmbeddings.Item>
{
    public const string OperationName = "store_embeddings";

    public sealed record Item(Guid EmbeddingConfigId, bool SkipExisting, IReadOnlyList<SequenceVectors> Sequences);

    public override Task<ItemOutcome> RunAsync(Item item, ItemContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new ItemOutcome(
            (transaction, token) => embeddings.InsertAsync(transaction, item.EmbeddingConfigId, item.Sequences, item.SkipExisting, token))
        {
            Events = [new("store_embeddings.done", new { EmbeddingsStored = item.Sequences.Sum(s => s.Chunks.Count) })],
        });
}

using Penstock.Proteins.Neighbours;
using Penstock.Proteins.Storage;
using Penstock.Proteins.Transfer;

namespace Penstock.Proteins.Operations;

/// <summary>The last reference set used, ready to be searched; batches of one prediction share it.</summary>
/// <remarks>
/// Found by what it holds (configuration, annotation set, state of their tables), so it can never be stale. One set is
/// kept; batches that still use a former one keep that alive until they end.
/// </remarks>
internal sealed class ReferenceCache(ReferenceStore store, ProteinOptions options) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private References? _last;

    /// <returns>The references, and whether they were in memory.</returns>
    public async Task<(References References, bool WasCached)> GetAsync(ReferenceKey key, CancellationToken cancellationToken)
    {
        string state = await store.StateAsync(key.EmbeddingConfigId, cancellationToken);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && last.Key == key && last.State == state)
                return (last, true);
            _last = null; // The former one may go before the next is read.
            ReferenceData data = await store.ReadAsync(
                key.EmbeddingConfigId, key.AnnotationSetId, key.OntologySnapshotId, options.ReferenceBytesMax, cancellationToken);
            ExactKnn? knn = data.Set.RowCount == 0 ? null : new ExactKnn(data.Vectors, data.Dimension, key.Metric);
            _last = new References(key, state, knn, data.Set, data.TermIds, (long)data.Vectors.Length * sizeof(float));
            return (_last, false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}

internal sealed record ReferenceKey(Guid EmbeddingConfigId, Guid AnnotationSetId, Guid OntologySnapshotId, DistanceMetric Metric);

/// <param name="Knn">Null: there is no reference at all.</param>
internal sealed record References(
    ReferenceKey Key, string State, ExactKnn? Knn, ReferenceSet Set, IReadOnlyDictionary<string, long> TermIds, long VectorBytes);

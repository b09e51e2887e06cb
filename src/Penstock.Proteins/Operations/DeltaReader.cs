using Penstock.Client.Proteins;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Loading;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Operations;

/// <summary>Computes what a newer annotation set adds to an older one; the last pair asked for stays in memory.</summary>
internal sealed class DeltaReader(AnnotationStore annotations, OntologyStore ontologies, OntologyGraphs graphs) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private (Guid OldId, Guid NewId, AnnotationDelta Delta)? _last;

    /// <exception cref="SnapshotMismatchException">The sets are of different ontologies.</exception>
    /// <exception cref="RecordNotFoundException"/>
    public async Task<AnnotationDelta> ReadAsync(Guid oldId, Guid newId, CancellationToken cancellationToken)
    {
        OntologySnapshot snapshot = await SnapshotAsync(oldId, newId, cancellationToken);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Published sets never change, so the pair of ids says it all.
            if (_last is { } last && last.OldId == oldId && last.NewId == newId)
                return last.Delta;
            AnnotationDeltaCalculator calculator = new(await graphs.GetAsync(snapshot, cancellationToken));
            List<AnnotationFact> older = await annotations.FactsAsync(oldId, cancellationToken);
            List<AnnotationFact> newer = await annotations.FactsAsync(newId, cancellationToken);
            AnnotationDelta delta = await Task.Run(() => calculator.Compute(older, newer, cancellationToken), cancellationToken);
            _last = (oldId, newId, delta);
            return delta;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The ontology both sets are of.</summary>
    public async Task<OntologySnapshot> SnapshotAsync(Guid oldId, Guid newId, CancellationToken cancellationToken)
    {
        AnnotationSet older = await annotations.GetAsync(oldId, cancellationToken);
        AnnotationSet newer = await annotations.GetAsync(newId, cancellationToken);
        if (older.OntologySnapshotId != newer.OntologySnapshotId)
            throw new SnapshotMismatchException(
                $"Annotation set {oldId} is of ontology {older.OboVersion}, {newId} of {newer.OboVersion}. " +
                "Load both with the same ontology snapshot to compare them.");
        return await ontologies.GetAsync(older.OntologySnapshotId, cancellationToken);
    }

    public void Dispose() => _turn.Dispose();
}

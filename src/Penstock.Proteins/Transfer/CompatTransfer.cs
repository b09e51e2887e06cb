using System.Runtime.InteropServices;

namespace Penstock.Proteins.Transfer;

/// <summary>The rows of one batch under <see cref="TransferAccounting.ProteaCompat"/>.</summary>
/// <remarks>Works aspect by aspect over the whole batch, because the original's sums grow in that order.</remarks>
internal sealed class CompatTransfer(ReferenceSet references, TransferOptions options, IReadOnlyList<QueryNeighbours> queries)
{
    private readonly Dictionary<string, int> _termRows = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _density = [];
    private readonly HashSet<string>[] _given = [.. queries.Select(_ => new HashSet<string>(StringComparer.Ordinal))];
    private readonly List<PredictionRow>[] _rows = [.. queries.Select(_ => new List<PredictionRow>())];

    /// <returns>Query by query, aspect by aspect.</returns>
    public IReadOnlyList<PredictionRow> Run()
    {
        double[] spreads = [.. queries.Select(query =>
            Spread.Of(query.Lists.SelectMany(list => list.Neighbours).Select(neighbour => neighbour.Distance)))];
        int listCount = queries.Count == 0 ? 0 : queries[0].Lists.Length;
        for (int list = 0; list < listCount; list++)
        {
            CountRows(list);
            for (int query = 0; query < queries.Count; query++)
                Emit(query, queries[query].Lists[list], spreads[query]);
        }
        return [.. _rows.SelectMany(rows => rows)];
    }

    private void CountRows(int list)
    {
        foreach (int protein in queries.SelectMany(query => query.Lists[list].Neighbours).Select(n => n.Protein).Distinct())
        {
            foreach (ReferenceAnnotation annotation in references.AnnotationsOf(protein))
            {
                if (!queries[0].Lists[list].Gives(annotation))
                    continue;
                CollectionsMarshal.GetValueRefOrAddDefault(_termRows, annotation.GoId, out _)++;
                CollectionsMarshal.GetValueRefOrAddDefault(_density, protein, out _)++;
            }
        }
    }

    private void Emit(int query, NeighbourList list, double spread)
    {
        var votes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ReferenceNeighbour neighbour in list.Neighbours)
        {
            foreach (ReferenceAnnotation annotation in references.AnnotationsOf(neighbour.Protein))
            {
                if (list.Gives(annotation))
                    CollectionsMarshal.GetValueRefOrAddDefault(votes, annotation.GoId, out _)++;
            }
        }
        for (int rank = 1; rank <= list.Neighbours.Length; rank++)
        {
            ReferenceNeighbour neighbour = list.Neighbours[rank - 1];
            foreach (ReferenceAnnotation annotation in references.AnnotationsOf(neighbour.Protein))
            {
                if (list.Gives(annotation) && _given[query].Add(annotation.GoId))
                    _rows[query].Add(NewRow(query, neighbour, annotation, votes[annotation.GoId], rank, spread));
            }
        }
    }

    private PredictionRow NewRow(
        int query, ReferenceNeighbour neighbour, in ReferenceAnnotation annotation, int votes, int rank, double spread)
    {
        var row = new PredictionRow
        {
            ProteinAccession = queries[query].Accession,
            GoId = annotation.GoId,
            Aspect = annotation.Aspect,
            Distance = neighbour.Distance,
            RefProteinAccession = references.Accession(neighbour.Protein),
            Qualifier = annotation.Qualifier,
            EvidenceCode = annotation.EvidenceCode,
        };
        return !options.ComputeFeatures ? row : row with
        {
            VoteCount = votes,
            KPosition = rank,
            GoTermFrequency = _termRows[annotation.GoId],
            RefAnnotationDensity = _density[neighbour.Protein],
            NeighborDistanceStd = spread,
        };
    }
}

using Penstock.Proteins.Neighbours;
using Penstock.Proteins.Ontology;

namespace Penstock.Proteins.Transfer;

/// <summary>Predicts GO terms: the terms of a query's nearest annotated neighbours become its own.</summary>
/// <remarks>
/// A term appears once per query, from the nearest neighbour that carries it. NOT annotations are never transferred, terms
/// are not expanded to their ancestors. Rows come query by query, aspect by aspect (P, F, C), nearest neighbour first.
/// Safe to use from many threads at once.
/// </remarks>
public sealed class GoTransfer
{
    private readonly ExactKnn _knn;
    private readonly ReferenceSet _references;
    private readonly TransferOptions _options;

    /// <param name="knn">Over vectors whose row i is row i of <paramref name="references"/>.</param>
    public GoTransfer(ExactKnn knn, ReferenceSet references, TransferOptions options)
    {
        if (knn.Count != references.RowCount)
            throw new ArgumentException($"{references.RowCount} reference rows for {knn.Count} vectors.", nameof(references));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.LimitPerEntry);
        (_knn, _references, _options) = (knn, references, options);
    }

    /// <summary>The predictions for a batch of queries.</summary>
    /// <param name="accessions">Name of each query.</param>
    /// <param name="vectors">Shape [queries, dimension], row-major.</param>
    public IReadOnlyList<PredictionRow> Predict(
        IReadOnlyList<string> accessions, ReadOnlyMemory<float> vectors, CancellationToken cancellationToken)
    {
        if (vectors.Length != accessions.Count * _knn.Dimension)
        {
            throw new ArgumentException(
                $"{vectors.Length} values are not {accessions.Count} vectors of {_knn.Dimension}.", nameof(vectors));
        }
        IReadOnlyList<QueryNeighbours> queries = FindNeighbours(accessions, vectors, cancellationToken);
        return _options.Accounting == TransferAccounting.ProteaCompat
            ? new CompatTransfer(_references, _options, queries).Run()
            : [.. queries.SelectMany(query => new QueryTransfer(_references, _options, query).Run())];
    }

    /// <summary>The neighbours predictions come from, for those who want to see or record them.</summary>
    internal IReadOnlyList<QueryNeighbours> FindNeighbours(
        IReadOnlyList<string> accessions, ReadOnlyMemory<float> vectors, CancellationToken cancellationToken)
    {
        bool repeats = _options.Accounting == TransferAccounting.ProteaCompat;
        int wanted = _options.LimitPerEntry + (_options.ExcludeSelf ? 1 : 0);
        // Enough rows that distinct proteins remain even if each came with all its chunks.
        int perProtein = Math.Max(1, _references.RowsPerProteinMax);
        int rows = repeats && !_options.ExcludeSelf ? wanted : (int)Math.Min(_knn.Count, (long)wanted * perProtein);
        (ReadOnlyMemory<byte> groups, int groupCount) = _options.AspectSeparated
            ? (_references.AspectsOfRow, ReferenceSet.Aspects.Count)
            : (_references.IsAnnotated, 1);
        Neighbour[][][] found = _knn.SearchGroups(
            vectors, Math.Max(1, rows), groups, groupCount,
            new KnnSearchOptions(_options.DistanceThreshold, _options.DegreeOfParallelism), cancellationToken);

        var queries = new QueryNeighbours[accessions.Count];
        for (int query = 0; query < queries.Length; query++)
        {
            var lists = new NeighbourList[groupCount];
            for (int group = 0; group < groupCount; group++)
            {
                OntologyAspect? aspect = _options.AspectSeparated ? ReferenceSet.Aspects[group] : null;
                lists[group] = new NeighbourList(aspect, Choose(accessions[query], found[group][query], repeats));
            }
            queries[query] = new QueryNeighbours(accessions[query], lists);
        }
        return queries;
    }

    private ReferenceNeighbour[] Choose(string accession, Neighbour[] found, bool repeats)
    {
        var chosen = new List<ReferenceNeighbour>(_options.LimitPerEntry);
        var seen = new HashSet<int>();
        foreach (Neighbour neighbour in found)
        {
            int protein = _references.ProteinOf(neighbour.Row);
            if (_options.ExcludeSelf && _references.Accession(protein) == accession)
                continue;
            if (!seen.Add(protein) && !repeats)
                continue;
            chosen.Add(new ReferenceNeighbour(protein, neighbour.Distance));
            if (chosen.Count == _options.LimitPerEntry)
                break;
        }
        return [.. chosen];
    }
}

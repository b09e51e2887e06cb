namespace Penstock.Proteins.Evaluation;

/// <summary>The targets of one namespace and what is true and known of them: shared by all prediction files.</summary>
internal sealed class NamespaceTask
{
    private NamespaceTask(EvaluationNamespace graph, int[] rowOf, IntRows truth, IntRows? known)
    {
        Graph = graph;
        RowOf = rowOf;
        Truth = truth;
        Known = known;
        (Plain, TargetCount) = Classify(term => graph.IsOfInterest[term]);
        (Weighted, WeightedTargetCount) = graph.Accretion.Length > 0
            ? Classify(term => graph.Accretion[term] > 0)
            : ([], 0);
    }

    public EvaluationNamespace Graph { get; }

    /// <summary>Row of a protein number; -1 for a protein that is no target here.</summary>
    public int[] RowOf { get; }

    /// <summary>Propagated true terms by row.</summary>
    public IntRows Truth { get; }

    /// <summary>Propagated known terms by row; null when none were given.</summary>
    public IntRows? Known { get; }

    public int RowCount => Truth.Count;

    /// <summary>Part of each row in the unweighted measures.</summary>
    public RowPart[] Plain { get; }

    /// <summary>Part of each row in the weighted measures; empty without weights.</summary>
    public RowPart[] Weighted { get; }

    public int TargetCount { get; }

    public int WeightedTargetCount { get; }

    /// <summary>How a row takes part in measures over a set of terms.</summary>
    internal enum RowPart : byte
    {
        /// <summary>No true term in the set.</summary>
        None,

        /// <summary>True terms in the set, but all of them known before: nothing is left to find.</summary>
        OnlyKnown,

        /// <summary>A target.</summary>
        Target,
    }

    public static NamespaceTask Create(EvaluationOntology ontology, int ns, ProteinTerms truth, ProteinTerms? known)
    {
        int[] rowOf = new int[truth.Proteins.Count];
        rowOf.AsSpan().Fill(-1);
        int rows = 0;
        foreach ((int protein, _) in truth.Pairs[ns])
        {
            if (rowOf[protein] < 0)
                rowOf[protein] = rows++;
        }
        EvaluationNamespace graph = ontology.Namespaces[ns];
        return new(
            graph,
            rowOf,
            truth.Propagated(ns, graph, rowOf, rows),
            known?.Propagated(ns, graph, rowOf, rows));
    }

    private (RowPart[] Parts, int TargetCount) Classify(Func<int, bool> isIn)
    {
        RowPart[] parts = new RowPart[RowCount];
        int targets = 0;
        HashSet<int> known = [];
        for (int row = 0; row < RowCount; row++)
        {
            known.Clear();
            foreach (int term in Known is null ? [] : Known[row])
                known.Add(term);
            foreach (int term in Truth[row])
            {
                if (!isIn(term))
                    continue;
                parts[row] = RowPart.OnlyKnown;
                if (known.Contains(term))
                    continue;
                parts[row] = RowPart.Target;
                targets++;
                break;
            }
        }
        return (parts, targets);
    }
}

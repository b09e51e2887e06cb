using Penstock.Proteins.Ontology;

namespace Penstock.Proteins.Evaluation;

/// <summary>The live terms and their is_a and part_of edges inside one namespace, by graph number.</summary>
internal sealed class AccretionGraph
{
    public AccretionGraph(OntologyGraph graph)
    {
        // Throws on a cycle; counts would never end up consistent.
        _ = graph.ChildrenFirst(RelationKinds.Propagating);
        IsLive = new bool[graph.Count];
        List<int> terms = [];
        for (int term = 0; term < graph.Count; term++)
        {
            IsLive[term] = !graph.TermAt(term).IsObsolete && graph.TermAt(term).Namespace is not null;
            if (IsLive[term])
                terms.Add(term);
        }
        Terms = terms;
        List<(int Row, int Value)> edges = [];
        foreach (int term in terms)
        {
            HashSet<int> parents = [.. graph.Parents(term, RelationKind.IsA), .. graph.Parents(term, RelationKind.PartOf)];
            edges.AddRange(parents
                .Where(parent => IsLive[parent] && graph.TermAt(parent).Namespace == graph.TermAt(term).Namespace)
                .Select(parent => (term, parent)));
        }
        Parents = IntRows.From(graph.Count, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(edges));
        Children = Parents.Reversed();
    }

    public bool[] IsLive { get; }

    public IReadOnlyList<int> Terms { get; }

    /// <summary>Distinct parents of each term.</summary>
    public IntRows Parents { get; }

    public IntRows Children { get; }
}

namespace Penstock.Proteins.Ontology;

/// <summary>The terms of a document as numbers 0..Count-1 in file order, with their edges in both directions.</summary>
/// <remarks>Immutable, safe to share. An edge goes from child to parent; edges of one term are grouped by kind.</remarks>
public sealed class OntologyGraph
{
    private readonly Dictionary<string, int> _indexOf;
    private readonly Dictionary<string, int[]> _altIds;
    private readonly EdgeTable _parents;
    private readonly EdgeTable _children;

    private OntologyGraph(OntologyDocument document)
    {
        Document = document;
        _indexOf = new(document.Terms.Count, StringComparer.Ordinal);
        for (int i = 0; i < document.Terms.Count; i++)
            _indexOf.Add(document.Terms[i].Id, i);
        _altIds = CollectAltIds(document);

        List<(int Child, int Parent, RelationKind Kind)> edges = new(document.RelationshipCount);
        for (int child = 0; child < document.Terms.Count; child++)
        {
            foreach (string parent in document.Terms[child].IsA)
                edges.Add((child, _indexOf[parent], RelationKind.IsA));
            foreach (OntologyRelationship relationship in document.Terms[child].Relationships)
                edges.Add((child, _indexOf[relationship.TargetId], relationship.Kind));
        }
        _parents = EdgeTable.Build(Count, edges, edge => edge.Child, edge => edge.Parent);
        _children = EdgeTable.Build(Count, edges, edge => edge.Parent, edge => edge.Child);
    }

    public OntologyDocument Document { get; }

    public int Count => Document.Terms.Count;

    public static OntologyGraph Build(OntologyDocument document) => new(document);

    public OntologyTerm TermAt(int term) => Document.Terms[term];

    /// <summary>The term with this id; alternative ids are not looked at.</summary>
    public bool TryGetIndex(string goId, out int term) => _indexOf.TryGetValue(goId, out term);

    /// <summary>The term this id means today: its own id, or the one term that lists it as an alternative id.</summary>
    /// <remarks>False for an unknown id, and for an alternative id that several terms claim: no choice would be right.</remarks>
    public bool TryResolve(string goId, out int term)
    {
        if (_indexOf.TryGetValue(goId, out term))
            return true;
        if (_altIds.TryGetValue(goId, out int[]? terms) && terms.Length == 1)
        {
            term = terms[0];
            return true;
        }
        return false;
    }

    /// <summary>Direct parents by one kind of relation.</summary>
    public ReadOnlySpan<int> Parents(int term, RelationKind kind) => _parents.Of(term, kind);

    /// <summary>Direct children by one kind of relation.</summary>
    public ReadOnlySpan<int> Children(int term, RelationKind kind) => _children.Of(term, kind);

    /// <summary>Every term reachable upwards, without the term itself, ascending.</summary>
    public int[] Ancestors(int term, RelationKinds kinds) => Closure(_parents, [term], kinds, includeSeeds: false);

    /// <summary>Every term reachable downwards, without the term itself, ascending.</summary>
    public int[] Descendants(int term, RelationKinds kinds) => Closure(_children, [term], kinds, includeSeeds: false);

    /// <summary>The terms and everything reachable upwards from them, ascending.</summary>
    public int[] WithAncestors(IEnumerable<int> terms, RelationKinds kinds) =>
        Closure(_parents, terms, kinds, includeSeeds: true);

    /// <summary>The terms and everything reachable downwards from them, ascending.</summary>
    public int[] WithDescendants(IEnumerable<int> terms, RelationKinds kinds) =>
        Closure(_children, terms, kinds, includeSeeds: true);

    /// <summary>All terms so that each comes after its children by the given kinds.</summary>
    /// <exception cref="OboException">Code ontology-cycle.</exception>
    public int[] ChildrenFirst(RelationKinds kinds)
    {
        int[] open = new int[Count];
        for (int term = 0; term < Count; term++)
            open[term] = _children.CountOf(term, kinds);
        int[] order = new int[Count];
        int end = 0;
        for (int term = 0; term < Count; term++)
        {
            if (open[term] == 0)
                order[end++] = term;
        }
        for (int next = 0; next < end; next++)
        {
            foreach (int parent in _parents.Of(order[next], kinds))
            {
                if (--open[parent] == 0)
                    order[end++] = parent;
            }
        }
        if (end < Count)
            throw OboException.Cycle(Document.Version, TermAt(Array.FindIndex(open, count => count > 0)).Id);
        return order;
    }

    private static int[] Closure(EdgeTable edges, IEnumerable<int> seeds, RelationKinds kinds, bool includeSeeds)
    {
        HashSet<int> seen = [];
        Stack<int> open = new(seeds);
        int[] excluded = includeSeeds ? [] : [.. open];
        if (includeSeeds)
            seen.UnionWith(open);
        while (open.TryPop(out int term))
        {
            foreach (int next in edges.Of(term, kinds))
            {
                if (seen.Add(next))
                    open.Push(next);
            }
        }
        seen.ExceptWith(excluded);
        int[] result = [.. seen];
        Array.Sort(result);
        return result;
    }

    private static Dictionary<string, int[]> CollectAltIds(OntologyDocument document)
    {
        Dictionary<string, int[]> found = new(StringComparer.Ordinal);
        for (int term = 0; term < document.Terms.Count; term++)
        {
            foreach (string altId in document.Terms[term].AltIds)
                found[altId] = found.TryGetValue(altId, out int[]? terms) ? [.. terms, term] : [term];
        }
        return found;
    }
}

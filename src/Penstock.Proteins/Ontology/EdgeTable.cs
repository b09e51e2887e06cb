namespace Penstock.Proteins.Ontology;

/// <summary>Edges in compressed rows: the targets of one term lie together, in the order of their kinds.</summary>
internal sealed class EdgeTable
{
    private readonly int[] _start;
    private readonly int[] _targets;
    private readonly RelationKind[] _kinds;

    private EdgeTable(int[] start, int[] targets, RelationKind[] kinds)
    {
        _start = start;
        _targets = targets;
        _kinds = kinds;
    }

    public static EdgeTable Build(
        int termCount,
        List<(int Child, int Parent, RelationKind Kind)> edges,
        Func<(int Child, int Parent, RelationKind Kind), int> from,
        Func<(int Child, int Parent, RelationKind Kind), int> to)
    {
        int[] start = new int[termCount + 1];
        foreach (var edge in edges)
            start[from(edge) + 1]++;
        for (int term = 0; term < termCount; term++)
            start[term + 1] += start[term];

        int[] next = start[..^1];
        int[] targets = new int[edges.Count];
        RelationKind[] kinds = new RelationKind[edges.Count];
        // One pass a kind, in order, so that a term's edges end up grouped by kind.
        foreach (RelationKind kind in Enum.GetValues<RelationKind>())
        {
            foreach (var edge in edges)
            {
                if (edge.Kind != kind)
                    continue;
                int slot = next[from(edge)]++;
                targets[slot] = to(edge);
                kinds[slot] = kind;
            }
        }
        return new(start, targets, kinds);
    }

    public ReadOnlySpan<int> Of(int term, RelationKind kind)
    {
        int first = _start[term];
        int end = _start[term + 1];
        while (first < end && _kinds[first] != kind)
            first++;
        int last = first;
        while (last < end && _kinds[last] == kind)
            last++;
        return _targets.AsSpan(first, last - first);
    }

    public Selection Of(int term, RelationKinds kinds) => new(this, term, kinds);

    public int CountOf(int term, RelationKinds kinds)
    {
        int count = 0;
        foreach (int _ in Of(term, kinds))
            count++;
        return count;
    }

    /// <summary>The targets of one term over several kinds; enumerates without allocating.</summary>
    internal struct Selection(EdgeTable table, int term, RelationKinds kinds)
    {
        private readonly int _end = table._start[term + 1];
        private int _next = table._start[term] - 1;

        public readonly int Current => table._targets[_next];

        public readonly Selection GetEnumerator() => this;

        public bool MoveNext()
        {
            do
            {
                _next++;
            }
            while (_next < _end && (kinds & (RelationKinds)(1 << (int)table._kinds[_next])) == 0);
            return _next < _end;
        }
    }
}

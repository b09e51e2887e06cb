namespace Penstock.Proteins.Evaluation;

/// <summary>Counts, protein by protein, who has a term and who has all its parents.</summary>
internal sealed class AccretionCounts(AccretionGraph graph)
{
    private readonly int[] _stampOf = new int[graph.IsLive.Length];
    private readonly int[] _parentsSeen = new int[graph.IsLive.Length];
    private readonly List<int> _closure = [];
    private readonly List<int> _candidates = [];
    private int _stamp;

    public int[] WithTerm { get; } = new int[graph.IsLive.Length];

    /// <summary>Proteins that have every parent of the term; 0 for a term without parents.</summary>
    public int[] WithAllParents { get; } = new int[graph.IsLive.Length];

    public long PropagatedPairs { get; private set; }

    public void AddProtein(IEnumerable<int> terms)
    {
        _stamp++;
        _closure.Clear();
        foreach (int term in terms)
            Visit(term);
        for (int next = 0; next < _closure.Count; next++)
        {
            foreach (int parent in graph.Parents[_closure[next]])
                Visit(parent);
        }
        PropagatedPairs += _closure.Count;

        // A term whose parents are all present is a child of each of them: count how often it is met.
        foreach (int term in _closure)
        {
            WithTerm[term]++;
            foreach (int child in graph.Children[term])
            {
                if (_parentsSeen[child]++ == 0)
                    _candidates.Add(child);
            }
        }
        foreach (int child in _candidates)
        {
            if (_parentsSeen[child] == graph.Parents[child].Length)
                WithAllParents[child]++;
            _parentsSeen[child] = 0;
        }
        _candidates.Clear();
    }

    private void Visit(int term)
    {
        if (_stampOf[term] == _stamp)
            return;
        _stampOf[term] = _stamp;
        _closure.Add(term);
    }
}

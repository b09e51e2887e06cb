namespace Penstock.Proteins.Evaluation;

/// <summary>Adds to a set of terms all their ancestors in the namespace. Not shared between threads.</summary>
internal sealed class TermClosure(EvaluationNamespace ns)
{
    private readonly int[] _stampOf = new int[ns.TermCount];
    private readonly List<int> _found = [];
    private int _stamp;

    /// <summary>The terms and their ancestors, without repeats; valid until the next call.</summary>
    public List<int> Of(ReadOnlySpan<int> terms)
    {
        _stamp++;
        _found.Clear();
        foreach (int term in terms)
            Visit(term);
        for (int next = 0; next < _found.Count; next++)
        {
            foreach (int parent in ns.Parents[_found[next]])
                Visit(parent);
        }
        return _found;
    }

    private void Visit(int term)
    {
        if (_stampOf[term] == _stamp)
            return;
        _stampOf[term] = _stamp;
        _found.Add(term);
    }
}

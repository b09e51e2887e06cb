using System.Runtime.CompilerServices;

namespace Penstock.Proteins.Evaluation;

/// <summary>Finds what an id written in a file means: a term, or every term that lists it as an alternative id.</summary>
/// <remarks>The first namespace that knows the id decides; inside it a term's own id wins over an alternative one.</remarks>
internal sealed class TermResolver
{
    private const int Unknown = int.MaxValue;

    private readonly EvaluationOntology _ontology;
    private readonly int[] _first;
    private readonly EvaluationOntology.AltId[] _ambiguous;

    /// <param name="isIncluded">For each namespace, whether it takes part.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TermResolver(EvaluationOntology ontology, Func<int, bool> isIncluded)
    {
        _ontology = ontology;
        _first = new int[ontology.Ids.Count];
        _first.AsSpan().Fill(Unknown);
        List<EvaluationOntology.AltId> chosen = [];
        var altIds = ontology.AltIds.GroupBy(altId => altId.Namespace).ToDictionary(group => group.Key, group => group.ToList());
        for (int ns = 0; ns < ontology.Namespaces.Count; ns++)
        {
            if (!isIncluded(ns))
                continue;
            int[] keys = ontology.Namespaces[ns].Keys;
            for (int term = 0; term < keys.Length; term++)
            {
                if (_first[keys[term]] == Unknown)
                    _first[keys[term]] = Encode(ns, term);
            }
            if (altIds.TryGetValue(ns, out List<EvaluationOntology.AltId>? inNamespace))
                AddAltIds(inNamespace, chosen);
        }
        _ambiguous = [.. chosen];
    }

    /// <summary>The terms an id means; none for an unknown id.</summary>
    public Targets Resolve(ReadOnlySpan<byte> id)
    {
        int key = _ontology.Ids.Find(id);
        int first = key < 0 ? Unknown : _first[key];
        return new(this, first);
    }

    private void AddAltIds(List<EvaluationOntology.AltId> inNamespace, List<EvaluationOntology.AltId> chosen)
    {
        foreach (var group in inNamespace.GroupBy(altId => altId.Key))
        {
            if (_first[group.Key] != Unknown)
                continue;
            EvaluationOntology.AltId[] terms = [.. group.Distinct()];
            if (terms.Length == 1)
            {
                _first[group.Key] = Encode(terms[0].Namespace, terms[0].Term);
                continue;
            }
            // Several terms: a negative number tells where they stand among the ambiguous ones.
            _first[group.Key] = -1 - chosen.Count;
            chosen.AddRange(terms);
        }
    }

    // 24 bits hold 16 million terms a namespace; GO has 0.05 million in all.
    private static int Encode(int ns, int term) => (ns << 24) | term;

    /// <summary>Enumerates namespace and term without allocating.</summary>
    internal struct Targets(TermResolver resolver, int first)
    {
        private int _next = first < 0 && first != Unknown ? -1 - first : first;
        private int _state;

        public (int Namespace, int Term) Current { get; private set; }

        public readonly Targets GetEnumerator() => this;

        public bool MoveNext()
        {
            if (first == Unknown)
                return false;
            if (first >= 0)
            {
                Current = (first >> 24, first & 0xFF_FFFF);
                return _state++ == 0;
            }
            EvaluationOntology.AltId[] all = resolver._ambiguous;
            if (_next >= all.Length || (_state++ > 0 && all[_next].Key != all[_next - 1].Key))
                return false;
            Current = (all[_next].Namespace, all[_next].Term);
            _next++;
            return true;
        }
    }
}

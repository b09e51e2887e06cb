using Penstock.Proteins.Ontology;

namespace Penstock.Proteins.Evaluation;

/// <summary>The annotations of a corpus by protein, with unknown terms counted.</summary>
internal sealed class AccretionCorpus
{
    private AccretionCorpus(IReadOnlyCollection<HashSet<int>> termsByProtein, int unknownTermCount)
    {
        TermsByProtein = termsByProtein;
        UnknownTermCount = unknownTermCount;
    }

    public IReadOnlyCollection<HashSet<int>> TermsByProtein { get; }

    public int UnknownTermCount { get; }

    public int AnnotationCount => TermsByProtein.Sum(terms => terms.Count);

    /// <exception cref="AccretionException">Codes ia-corpus-empty and ia-terms-unknown.</exception>
    public static AccretionCorpus Read(OntologyGraph graph, AccretionGraph live, IEnumerable<ProteinTerm> corpus)
    {
        Dictionary<string, HashSet<int>> byProtein = new(StringComparer.Ordinal);
        HashSet<string> known = new(StringComparer.Ordinal);
        HashSet<string> unknown = new(StringComparer.Ordinal);
        foreach ((string accession, string goId) in corpus)
        {
            if (!graph.TryResolve(goId, out int term) || !live.IsLive[term])
            {
                unknown.Add(goId);
                continue;
            }
            known.Add(goId);
            if (!byProtein.TryGetValue(accession, out HashSet<int>? terms))
                byProtein.Add(accession, terms = []);
            terms.Add(term);
        }
        int distinct = known.Count + unknown.Count;
        if (unknown.Count > distinct * InformationAccretion.UnknownShareMax)
            throw AccretionException.TooManyUnknown(unknown.Count, distinct, unknown.Min(StringComparer.Ordinal)!);
        if (byProtein.Count == 0)
            throw AccretionException.CorpusEmpty();
        return new(byProtein.Values, unknown.Count);
    }
}

using Penstock.Proteins.Annotations;
using Penstock.Proteins.Ontology;

namespace Penstock.Proteins.Evaluation;

/// <summary>Compares the experimental annotations of two sets over the same ontology.</summary>
/// <remarks>
/// A NOT annotation in either set, with any evidence, takes the term and all its is_a and part_of descendants from that
/// protein in both sets. Alternative ids count as the term they mean; ids the ontology does not know are left out.
/// </remarks>
public sealed class AnnotationDeltaCalculator(OntologyGraph graph)
{
    public AnnotationDelta Compute(
        IEnumerable<AnnotationFact> older, IEnumerable<AnnotationFact> newer, CancellationToken cancellationToken)
    {
        HashSet<(string Accession, int Term)> negative = [];
        Dictionary<string, HashSet<int>> before = Collect(older, negative, cancellationToken);
        Dictionary<string, HashSet<int>> after = Collect(newer, negative, cancellationToken);
        ExpandToDescendants(negative);
        RemoveNegative(before, negative);
        RemoveNegative(after, negative);
        return Classify(before, after);
    }

    // Rows of both kinds are taken in one pass, so that a set can be streamed.
    private Dictionary<string, HashSet<int>> Collect(
        IEnumerable<AnnotationFact> facts, HashSet<(string, int)> negative, CancellationToken cancellationToken)
    {
        Dictionary<string, HashSet<int>> terms = new(StringComparer.Ordinal);
        foreach (AnnotationFact fact in facts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!graph.TryResolve(fact.GoId, out int term))
                continue;
            if (EvidenceCodes.IsNegative(fact.Qualifier))
                negative.Add((fact.Accession, term));
            else if (EvidenceCodes.IsExperimental(fact.EvidenceCode) && graph.TermAt(term).Aspect is not null)
                TermsOf(terms, fact.Accession).Add(term);
        }
        return terms;
    }

    private void ExpandToDescendants(HashSet<(string Accession, int Term)> negative)
    {
        foreach (var group in negative.GroupBy(key => key.Accession, key => key.Term, StringComparer.Ordinal).ToList())
        {
            foreach (int term in graph.WithDescendants(group, RelationKinds.Propagating))
                negative.Add((group.Key, term));
        }
    }

    private static void RemoveNegative(Dictionary<string, HashSet<int>> terms, HashSet<(string Accession, int Term)> negative)
    {
        foreach ((string accession, int term) in negative)
        {
            if (terms.TryGetValue(accession, out HashSet<int>? own) && own.Remove(term) && own.Count == 0)
                terms.Remove(accession);
        }
    }

    private AnnotationDelta Classify(Dictionary<string, HashSet<int>> before, Dictionary<string, HashSet<int>> after)
    {
        List<ProteinTerm> nk = [];
        List<ProteinTerm> lk = [];
        List<ProteinTerm> pk = [];
        List<ProteinTerm> pkKnown = [];
        foreach ((string accession, HashSet<int> terms) in after)
        {
            if (!before.TryGetValue(accession, out HashSet<int>? known))
            {
                nk.AddRange(Pairs(accession, terms));
                continue;
            }
            ILookup<OntologyAspect, int> knownIn = known.ToLookup(AspectOf);
            foreach (IGrouping<OntologyAspect, int> inAspect in terms.GroupBy(AspectOf))
            {
                int[] added = [.. inAspect.Where(term => !known.Contains(term))];
                if (added.Length == 0)
                    continue;
                bool hadAny = knownIn[inAspect.Key].Any();
                (hadAny ? pk : lk).AddRange(Pairs(accession, added));
                if (hadAny)
                    pkKnown.AddRange(Pairs(accession, knownIn[inAspect.Key]));
            }
        }
        List<ProteinTerm> allKnown = [.. before.SelectMany(entry => Pairs(entry.Key, entry.Value))];
        foreach (List<ProteinTerm> list in (List<ProteinTerm>[])[nk, lk, pk, pkKnown, allKnown])
            list.Sort();
        return new(nk, lk, pk, pkKnown, allKnown);
    }

    private OntologyAspect AspectOf(int term) => graph.TermAt(term).Aspect!.Value;

    private IEnumerable<ProteinTerm> Pairs(string accession, IEnumerable<int> terms) =>
        terms.Select(term => new ProteinTerm(accession, graph.TermAt(term).Id));

    private static HashSet<int> TermsOf(Dictionary<string, HashSet<int>> terms, string accession)
    {
        if (!terms.TryGetValue(accession, out HashSet<int>? own))
            terms.Add(accession, own = []);
        return own;
    }
}

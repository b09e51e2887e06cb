using System.Globalization;
using Penstock.Proteins.Ontology;

namespace Penstock.Proteins.Evaluation;

/// <summary>The information accretion of every live term: what knowing it tells once its parents are known, in bits.</summary>
/// <remarks>
/// IA(v) = -log2((proteins with v + 1) / (proteins with all parents of v + 1)), after annotations went to all ancestors by is_a
/// and part_of inside one namespace; 0 for terms without parents. The added 1 is a record annotated with everything.
/// Clark and Radivojac, Bioinformatics 29 (2013) i53.
/// </remarks>
public sealed class InformationAccretion
{
    /// <summary>Largest share of GO ids of a corpus that may be unknown before its counts are refused.</summary>
    public const double UnknownShareMax = 0.01;

    private readonly Dictionary<string, double> _values;

    private InformationAccretion(Dictionary<string, double> values, InformationAccretionStats stats)
    {
        _values = values;
        Stats = stats;
    }

    /// <summary>By GO id; live terms only.</summary>
    public IReadOnlyDictionary<string, double> Values => _values;

    public InformationAccretionStats Stats { get; }

    /// <summary>Computes it from a corpus of annotations, not propagated, already filtered by evidence and qualifier.</summary>
    /// <exception cref="AccretionException">
    /// Codes ia-corpus-empty, ia-terms-unknown, ia-all-zero; ia-counts-inconsistent and ia-root-not-zero for a defect.
    /// </exception>
    /// <exception cref="OboException">Code ontology-cycle.</exception>
    public static InformationAccretion Compute(
        OntologyGraph graph, IEnumerable<ProteinTerm> corpus, CancellationToken cancellationToken)
    {
        AccretionGraph live = new(graph);
        AccretionCounts counts = new(live);
        AccretionCorpus proteins = AccretionCorpus.Read(graph, live, corpus);
        foreach (HashSet<int> terms in proteins.TermsByProtein)
        {
            cancellationToken.ThrowIfCancellationRequested();
            counts.AddProtein(terms);
        }
        return ToValues(graph, live, counts, proteins);
    }

    /// <summary>Writes the file the evaluator reads: term, tab, bits; no header, in the order of the ontology.</summary>
    public void WriteTsv(TextWriter writer)
    {
        foreach ((string id, double value) in _values)
        {
            string text = value.ToString("R", CultureInfo.InvariantCulture);
            // A whole number keeps its point, so that a reader that guesses types sees one type in the column.
            writer.Write(double.IsInteger(value) ? $"{id}\t{text}.0\n" : $"{id}\t{text}\n");
        }
    }

    private static InformationAccretion ToValues(
        OntologyGraph graph, AccretionGraph live, AccretionCounts counts, AccretionCorpus proteins)
    {
        Dictionary<string, double> values = new(StringComparer.Ordinal);
        foreach (int term in live.Terms)
        {
            int own = counts.WithTerm[term];
            int parents = counts.WithAllParents[term];
            bool isRoot = live.Parents[term].Length == 0;
            if (!isRoot && own > parents)
                throw AccretionException.Inconsistent(graph.TermAt(term).Id, own, parents);
            double value = isRoot || own == parents ? 0 : -Math.Log2((own + 1.0) / (parents + 1.0));
            if (isRoot && value != 0)
                throw AccretionException.RootNotZero(graph.TermAt(term).Id, value);
            values.Add(graph.TermAt(term).Id, value);
        }
        int nonZero = values.Values.Count(value => value > 0);
        if (nonZero == 0)
            throw AccretionException.AllZero();
        return new(values, new(
            values.Count,
            nonZero,
            proteins.AnnotationCount,
            proteins.TermsByProtein.Count,
            counts.PropagatedPairs,
            proteins.UnknownTermCount,
            values.Values.Max(),
            values.Values.Average()));
    }
}

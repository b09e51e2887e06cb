namespace Penstock.Proteins.Evaluation;

/// <summary>What a newer annotation set adds to an older one, by how much was known: ground truths to evaluate with.</summary>
/// <param name="NoKnowledge">All terms of proteins without any experimental annotation before.</param>
/// <param name="LimitedKnowledge">New terms in aspects where the protein had none, while it had some in another.</param>
/// <param name="PartialKnowledge">New terms in aspects where the protein had others.</param>
/// <param name="PartialKnown">The terms those proteins had in those aspects: to be left out when PK is evaluated.</param>
/// <param name="Known">All experimental annotations of the older set.</param>
/// <remarks>Every list is sorted by accession and GO id, ordinal. Terms are not propagated.</remarks>
public sealed record AnnotationDelta(
    IReadOnlyList<ProteinTerm> NoKnowledge,
    IReadOnlyList<ProteinTerm> LimitedKnowledge,
    IReadOnlyList<ProteinTerm> PartialKnowledge,
    IReadOnlyList<ProteinTerm> PartialKnown,
    IReadOnlyList<ProteinTerm> Known)
{
    public AnnotationDeltaStats Stats
    {
        get
        {
            HashSet<string> nk = ProteinsOf(NoKnowledge);
            HashSet<string> lk = ProteinsOf(LimitedKnowledge);
            HashSet<string> pk = ProteinsOf(PartialKnowledge);
            return new(
                nk.Union(lk).Union(pk).Count(),
                nk.Count,
                lk.Count,
                pk.Count,
                NoKnowledge.Count,
                LimitedKnowledge.Count,
                PartialKnowledge.Count,
                Known.Count);
        }
    }

    /// <summary>Writes a list as a ground-truth or known-terms file: protein, tab, term; no header.</summary>
    public static void WriteTsv(IReadOnlyList<ProteinTerm> pairs, TextWriter writer)
    {
        foreach ((string accession, string goId) in pairs)
        {
            writer.Write(accession);
            writer.Write('\t');
            writer.Write(goId);
            writer.Write('\n');
        }
    }

    private static HashSet<string> ProteinsOf(IReadOnlyList<ProteinTerm> pairs) =>
        new(pairs.Select(pair => pair.Accession), StringComparer.Ordinal);
}

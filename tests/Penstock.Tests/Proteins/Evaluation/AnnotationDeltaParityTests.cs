using System.Text.Json.Nodes;
using Penstock.Proteins.Annotations;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Files;
using Penstock.Proteins.Ontology;
using Penstock.Proteins.Sequences;
using Penstock.Testing;
using Penstock.Tests.Proteins.Ontology;
using Xunit;

namespace Penstock.Tests.Proteins.Evaluation;

/// <summary>The delta between two real annotation sets, against the files of the original.</summary>
public sealed class AnnotationDeltaParityTests
{
    [Fact]
    public async Task Ground_truth_files_equal_those_of_the_original()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        AnnotationDelta delta = await ComputeAsync(asTheOriginalStoredRows: true);
        AssertFile("gt_NK.tsv.gz", delta.NoKnowledge);
        AssertFile("gt_LK.tsv.gz", delta.LimitedKnowledge);
        AssertFile("gt_PK.tsv.gz", delta.PartialKnowledge);
        AssertFile("pk_known_terms.tsv.gz", delta.PartialKnown);
        AssertFile("known_terms.tsv.gz", delta.Known);
    }

    [Fact]
    public async Task Counts_equal_those_of_the_original()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        AnnotationDelta delta = await ComputeAsync(asTheOriginalStoredRows: true);
        JsonNode expected = JsonNode.Parse(File.ReadAllText(SharedData.PathOf("proteins", "delta", "expected_stats.json")))!;
        JsonNode stats = expected["stats"]!;
        int Count(string name) => stats[name]!.GetValue<int>();
        Assert.Equal(
            new AnnotationDeltaStats(
                Count("delta_proteins"),
                Count("nk_proteins"),
                Count("lk_proteins"),
                Count("pk_proteins"),
                Count("nk_annotations"),
                Count("lk_annotations"),
                Count("pk_annotations"),
                Count("known_terms_count")),
            delta.Stats);
        int both = delta.LimitedKnowledge.Select(pair => pair.Accession)
            .Intersect(delta.PartialKnowledge.Select(pair => pair.Accession)).Count();
        Assert.Equal(expected["both_lk_and_pk"]!.GetValue<int>(), both);
        foreach ((string category, IReadOnlyList<ProteinTerm> pairs) in
            new[] { ("nk", delta.NoKnowledge), ("lk", delta.LimitedKnowledge), ("pk", delta.PartialKnowledge) })
        {
            foreach ((string letter, JsonNode? count) in expected["proteins_per_aspect"]![category]!.AsObject())
                Assert.Equal(count!.GetValue<int>(), ProteinsIn(pairs, letter[0]));
        }
    }

    [Fact]
    public async Task NOT_rows_the_original_lost_change_only_proteins_that_have_one()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        AnnotationDelta original = await ComputeAsync(asTheOriginalStoredRows: true);
        AnnotationDelta complete = await ComputeAsync(asTheOriginalStoredRows: false);
        HashSet<string> accessions = await AccessionsAsync();
        HashSet<string> negated =
        [
            .. (await ReadAsync("human_A_t0.gaf.gz", accessions, asTheOriginalStoredRows: false))
                .Concat(await ReadAsync("human_A_t1.gaf.gz", accessions, asTheOriginalStoredRows: false))
                .Where(fact => EvidenceCodes.IsNegative(fact.Qualifier))
                .Select(fact => fact.Accession),
        ];
        string[] changed =
        [
            .. Symmetric(original.NoKnowledge, complete.NoKnowledge)
                .Concat(Symmetric(original.LimitedKnowledge, complete.LimitedKnowledge))
                .Concat(Symmetric(original.PartialKnowledge, complete.PartialKnowledge))
                .Concat(Symmetric(original.Known, complete.Known))
                .Select(pair => pair.Accession)
                .Distinct(),
        ];
        Assert.NotEmpty(changed);
        Assert.Empty(changed.Except(negated));
    }

    private static IEnumerable<ProteinTerm> Symmetric(IReadOnlyList<ProteinTerm> a, IReadOnlyList<ProteinTerm> b) =>
        a.Except(b).Concat(b.Except(a));

    private static int ProteinsIn(IReadOnlyList<ProteinTerm> pairs, char aspect) => pairs
        .Where(pair => GeneOntologyFile.Graph.TryGetIndex(pair.GoId, out int term)
            && GeneOntologyFile.Graph.TermAt(term).Aspect!.Value.Letter() == aspect)
        .Select(pair => pair.Accession)
        .Distinct()
        .Count();

    // The original keeps the first row of a (protein, term, evidence) whatever its qualifier, and no alternative ids.
    private static async Task<AnnotationDelta> ComputeAsync(bool asTheOriginalStoredRows)
    {
        HashSet<string> accessions = await AccessionsAsync();
        List<AnnotationFact> older = await ReadAsync("human_A_t0.gaf.gz", accessions, asTheOriginalStoredRows);
        List<AnnotationFact> newer = await ReadAsync("human_A_t1.gaf.gz", accessions, asTheOriginalStoredRows);
        return new AnnotationDeltaCalculator(GeneOntologyFile.Graph).Compute(
            older, newer, TestContext.Current.CancellationToken);
    }

    private static async Task<HashSet<string>> AccessionsAsync()
    {
        HashSet<string> accessions = [];
        await using FileStream fasta = File.OpenRead(SharedData.PathOf("proteins", "fasta", "human_A.fasta.gz"));
        await foreach (UniProtRecord record in FastaParser.ReadUniProtAsync(
            fasta, new FastaCounts(), TestContext.Current.CancellationToken))
        {
            accessions.Add(IsoformName.Parse(record.Accession).CanonicalAccession);
        }
        return accessions;
    }

    private static async Task<List<AnnotationFact>> ReadAsync(
        string name, HashSet<string> accessions, bool asTheOriginalStoredRows)
    {
        OntologyGraph graph = GeneOntologyFile.Graph;
        GafParser parser = new(
            accessions.Contains,
            id => asTheOriginalStoredRows
                ? graph.TryGetIndex(id, out _) ? id : null
                : graph.TryResolve(id, out int term) ? graph.TermAt(term).Id : null);
        List<AnnotationFact> facts = [];
        HashSet<(string, string, string)> stored = [];
        await using FileStream gaf = File.OpenRead(SharedData.PathOf("proteins", "gaf", name));
        await foreach (GafRow row in parser.ReadAsync(gaf, TestContext.Current.CancellationToken))
        {
            if (asTheOriginalStoredRows && !stored.Add((row.Accession, row.GoId, row.EvidenceCode)))
                continue;
            facts.Add(new(row.Accession, row.GoId, row.Qualifier, row.EvidenceCode));
        }
        return facts;
    }

    private static void AssertFile(string name, IReadOnlyList<ProteinTerm> pairs)
    {
        using StreamReader reader = new(CompressedInput.Open(File.OpenRead(SharedData.PathOf("proteins", "delta", name))));
        using StringWriter writer = new();
        AnnotationDelta.WriteTsv(pairs, writer);
        Assert.Equal(reader.ReadToEnd(), writer.ToString());
    }
}

using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Penstock.Proteins.Annotations;
using Penstock.Proteins.Sequences;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Proteins.Annotations;

public class GafParserTests
{
    private static readonly Dictionary<string, string> Terms = new()
    {
        ["GO:1"] = "GO:1",
        ["GO:2"] = "GO:2",
        ["GO:1alt"] = "GO:1",
    };

    [Fact]
    public async Task A_row_carries_its_columns_by_position()
    {
        var parser = NewParser();
        List<GafRow> rows = await ReadAsync(parser, "!gaf-version: 2.2\n!comment\n\nUniProtKB\tP1\tSYM\tNOT|enables\tGO:1\tPMID:7\tIDA\tUniProtKB:Q1\tF\tname\tsyn\tprotein\ttaxon:9606\t20140101\tEBI\t\t\n");
        Assert.Equal(new GafRow("P1", "GO:1", "NOT|enables", true, "IDA", "PMID:7", "UniProtKB:Q1", "20140101", "EBI", 4), Assert.Single(rows));
        Assert.Equal("2.2", parser.Counts.Version);
    }

    [Fact]
    public async Task Fifteen_columns_are_enough_and_fourteen_are_counted_as_short()
    {
        var parser = NewParser();
        string fifteen = Line("P1", "", "GO:1", "IDA");
        string fourteen = fifteen[..fifteen.LastIndexOf('\t')];
        Assert.Single(await ReadAsync(parser, fifteen, fourteen, "P1 GO:1"));
        Assert.Equal((3, 2, 1), (parser.Counts.DataLines, parser.Counts.ShortLines, parser.Counts.TotalLinesRead));
    }

    [Fact]
    public async Task Every_skipped_line_has_a_reason()
    {
        var parser = NewParser();
        List<GafRow> rows = await ReadAsync(
            parser,
            Line("P1", "enables", "GO:1", "IDA"),
            Line("P9", "enables", "GO:1", "IDA"),
            Line("P1", "enables", "GO:9", "IDA"),
            Line("P1", "enables", "GO:1", "IDA"),
            Line("P1", "enables", "GO:1", "IEA"),
            "short");
        GafCounts counts = parser.Counts;
        Assert.Equal(2, rows.Count);
        Assert.Equal(
            [("short_line", 1), ("unknown_accession", 1), ("unknown_term", 1), ("duplicate", 1)],
            counts.SkippedByReason.Select(pair => (pair.Key, (int)pair.Value)));
        Assert.Equal(counts.DataLines, counts.RowsAccepted + counts.SkippedByReason.Values.Sum());
    }

    [Fact]
    public async Task A_NOT_row_is_kept_beside_the_plain_one_though_the_original_loses_it()
    {
        var parser = NewParser();
        List<GafRow> rows = await ReadAsync(parser, Line("P1", "enables", "GO:1", "IDA"), Line("P1", "NOT|enables", "GO:1", "IDA"));
        Assert.Equal([false, true], rows.Select(row => row.IsNegated));
        Assert.Equal((1, 1, 1), (parser.Counts.AnnotationsInserted, parser.Counts.AnnotationsSkipped, parser.Counts.RowsInTable));
    }

    [Fact]
    public async Task An_alternative_id_becomes_the_primary_one_though_the_original_skips_it()
    {
        var parser = NewParser();
        List<GafRow> rows = await ReadAsync(parser, Line("P1", "", "GO:1alt", "IDA"), Line("P1", "", "GO:1", "IDA"));
        Assert.Equal("GO:1", Assert.Single(rows).GoId);
        Assert.Equal((1, 1, 1, 1), (parser.Counts.AlternativeIdsResolved, parser.Counts.Duplicates, parser.Counts.AnnotationsInserted, parser.Counts.RowsInTable));
    }

    [Fact]
    public async Task A_repetition_on_a_later_page_counts_as_inserted_in_the_original_but_not_in_its_table()
    {
        var parser = NewParser(pageSize: 2);
        string same = Line("P1", "", "GO:1", "IDA");
        List<GafRow> rows = await ReadAsync(parser, same, same, same, Line("P1", "", "GO:2", "IDA"), same);
        Assert.Equal(2, rows.Count);
        Assert.Equal((5, 4, 1, 2), (parser.Counts.TotalLinesRead, parser.Counts.AnnotationsInserted, parser.Counts.AnnotationsSkipped, parser.Counts.RowsInTable));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("enables", false)]
    [InlineData("NOT", true)]
    [InlineData("NOT|contributes_to", true)]
    [InlineData("contributes_to|NOT", true)]
    [InlineData("NOTHING", false)]
    public async Task Negation_is_a_part_of_the_qualifier_in_every_version(string qualifier, bool negated) =>
        Assert.Equal(negated, Assert.Single(await ReadAsync(NewParser(), Line("P1", qualifier, "GO:1", "IDA"))).IsNegated);

    [Theory]
    [InlineData("t0")]
    [InlineData("t1")]
    public async Task The_human_files_give_the_counts_of_the_original_loader(string date)
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        HashSet<string> accessions = await CanonicalAccessionsAsync();
        Dictionary<string, string> terms = await TermsAsync();
        var parser = new GafParser(accessions.Contains, terms.GetValueOrDefault);
        await using FileStream file = File.OpenRead(SharedData.PathOf("proteins", "gaf", $"human_A_{date}.gaf.gz"));
        List<GafRow> rows = await parser.ReadAsync(file, default).ToListAsync();

        using JsonDocument expected = JsonDocument.Parse(await File.ReadAllTextAsync(SharedData.PathOf("proteins", "delta", "expected_stats.json")));
        JsonElement load = expected.RootElement.GetProperty("load").GetProperty(date);
        GafCounts counts = parser.Counts;
        Assert.Equal(
            (load.GetProperty("total_lines_read").GetInt64(), load.GetProperty("annotations_inserted").GetInt64(),
                load.GetProperty("annotations_skipped").GetInt64(), load.GetProperty("rows_in_table").GetInt64()),
            (counts.TotalLinesRead, counts.AnnotationsInserted, counts.AnnotationsSkipped, counts.RowsInTable));
        Assert.Equal(counts.RowsAccepted, rows.Count);
        Assert.Equal(counts.DataLines, counts.RowsAccepted + counts.SkippedByReason.Values.Sum());
        Assert.True(counts.ShortLines > 0);
    }

    [Theory]
    [InlineData("real_gene_association.goa_yeast.1.gaf.gz", "2.0")]
    [InlineData("real_goa_yeast.gaf.gz", "2.1")]
    public async Task Real_files_of_older_versions_read_without_loss(string name, string version)
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        byte[] bytes = await File.ReadAllBytesAsync(SharedData.PathOf("proteins", "gaf", name));
        string text = await new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress)).ReadToEndAsync();
        var lines = text.Split('\n').Where(line => line.Length > 0 && line[0] != '!').Select(line => line.Split('\t')).ToList();
        var keys = lines.Select(c => (c[1], c[4], c[6], c[3].Split('|').Contains("NOT"))).ToHashSet();

        var parser = new GafParser(_ => true, id => id);
        List<GafRow> rows = await parser.ReadAsync(new MemoryStream(bytes), default).ToListAsync();
        Assert.Equal(version, parser.Counts.Version);
        Assert.Equal(lines.Count, parser.Counts.TotalLinesRead);
        Assert.Equal(keys, rows.Select(row => (row.Accession, row.GoId, row.EvidenceCode, row.IsNegated)).ToHashSet());
        Assert.Equal(keys.Count, rows.Count);
    }

    internal static async Task<HashSet<string>> CanonicalAccessionsAsync()
    {
        await using FileStream file = File.OpenRead(SharedData.PathOf("proteins", "fasta", "human_A.fasta.gz"));
        return await FastaParser.ReadUniProtAsync(file, new FastaCounts(), default).Select(r => r.CanonicalAccession).ToHashSetAsync();
    }

    internal static async Task<Dictionary<string, string>> TermsAsync()
    {
        using var reader = new StreamReader(new GZipStream(
            File.OpenRead(SharedData.PathOf("proteins", "ontology", "go-2022-07-01.obo.gz")), CompressionMode.Decompress));
        var terms = new Dictionary<string, string>();
        string id = "";
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("id: GO:", StringComparison.Ordinal))
                terms[id = line[4..]] = line[4..];
            else if (line.StartsWith("alt_id: ", StringComparison.Ordinal))
                terms.TryAdd(line[8..], id);
        }
        return terms;
    }

    private static GafParser NewParser(int pageSize = 10_000) =>
        new(accession => accession == "P1", Terms.GetValueOrDefault, pageSize);

    private static string Line(string accession, string qualifier, string goId, string evidence) =>
        string.Join('\t', "UniProtKB", accession, "S", qualifier, goId, "PMID:1", evidence, "", "F", "", "", "protein", "taxon:1", "20140101", "X");

    private static async Task<List<GafRow>> ReadAsync(GafParser parser, params string[] lines) =>
        await parser.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))), default).ToListAsync();
}

using System.IO.Compression;
using System.Text;
using Penstock.Engine;
using Penstock.Proteins.Files;
using Penstock.Proteins.Sequences;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Proteins.Sequences;

public class FastaParserTests
{
    private readonly FastaCounts _counts = new();

    [Fact]
    public async Task A_UniProt_header_gives_all_its_fields()
    {
        UniProtRecord record = Assert.Single(await UniProtAsync(
            ">sp|P12345-2|AATM_RABIT Isoform 2 of Aspartate aminotransferase OS=Oryctolagus cuniculus OX=9986 GN=GOT2 PE=1 SV=2\n" +
            "  SSWWahv \n\nMG P\r\n"));
        Assert.Equal("P12345-2", record.Accession);
        Assert.Equal("AATM_RABIT", record.EntryName);
        Assert.True(record.Reviewed);
        Assert.Equal("Oryctolagus cuniculus", record.Organism);
        Assert.Equal("9986", record.TaxonomyId);
        Assert.Equal("GOT2", record.GeneName);
        Assert.Equal(("P12345", 2, false), (record.CanonicalAccession, record.IsoformIndex, record.IsCanonical));
        Assert.Equal("SSWWahvMGP", record.Sequence);
        Assert.Equal(SequenceHash.Of("SSWWahvMGP"), record.SequenceHash);
    }

    [Fact]
    public async Task A_header_of_another_form_is_named_by_its_first_word()
    {
        List<UniProtRecord> records = await UniProtAsync(">T37020000009 some text OS=Mouse GN=x\nMK\n>tr|A7TBS3|A7TBS3_NEMVE Predicted OS=Nematostella vectensis\nAC\n");
        Assert.Equal(("T37020000009", null, false), (records[0].Accession, records[0].EntryName, records[0].Reviewed));
        Assert.Null(records[0].Organism);
        Assert.Equal(("A7TBS3", "A7TBS3_NEMVE", false), (records[1].Accession, records[1].EntryName, records[1].Reviewed));
        Assert.Null(records[1].TaxonomyId);
    }

    [Fact]
    public async Task Records_without_residues_or_name_are_skipped_and_counted()
    {
        List<UniProtRecord> records = await UniProtAsync("stray\n>sp|A|A_X\n>sp||B_X\nMK\n>\nMK\n>sp|C|C_X\nMK");
        Assert.Equal("C", Assert.Single(records).Accession);
        Assert.Equal((1, 1, 2, 1), (_counts.Records, _counts.WithoutSequence, _counts.WithoutAccession, _counts.LinesBeforeFirstHeader));
    }

    [Theory]
    [InlineData("P12345", "P12345", null)]
    [InlineData("P12345-1", "P12345", 1)]
    [InlineData("A-B-12", "A-B", 12)]
    [InlineData("P12345-", "P12345-", null)]
    [InlineData("P12345-PRO", "P12345-PRO", null)]
    [InlineData("X-99999999999", "X-99999999999", null)]
    public void An_isoform_is_split_at_the_last_hyphen(string accession, string canonical, int? index) =>
        Assert.Equal(new IsoformName(canonical, index), IsoformName.Parse(accession));

    [Theory]
    [InlineData("", "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("abc", "900150983cd24fb0d6963f7d28e17f72")]
    public void The_hash_is_lower_case_hex_MD5(string residues, string expected) =>
        Assert.Equal(expected, SequenceHash.Of(residues));

    [Fact]
    public async Task A_query_is_named_by_its_first_word_and_upper_cased()
    {
        List<QueryRecord> records = await QueriesAsync(">sp|P1|X_Y desc\nmk v\nLL\n>empty\n>q2\tmore\nACX*\n");
        Assert.Equal([("sp|P1|X_Y", "MKVLL"), ("q2", "ACX*")], records.Select(r => (r.Accession, r.Sequence)));
        Assert.Equal(SequenceHash.Of("MKVLL"), records[0].SequenceHash);
        Assert.Equal(1, _counts.WithoutSequence);
    }

    [Fact]
    public async Task A_byte_order_mark_is_not_part_of_the_first_line()
    {
        List<QueryRecord> records = await QueriesAsync([0xEF, 0xBB, 0xBF, .. ">a\nMK\n"u8]);
        Assert.Equal("a", Assert.Single(records).Accession);
    }

    [Fact]
    public async Task A_name_given_twice_is_refused_with_both_lines()
    {
        var error = await Assert.ThrowsAsync<FastaDuplicateAccessionException>(() => QueriesAsync(">a\nMK\n>b\nMK\n>a x\nMM\n"));
        Assert.Equal(("fasta-duplicate-accession", ErrorKind.Invalid, "a"), (error.Code, error.Kind, error.Accession));
        Assert.Contains("lines 1 and 5", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MKVL\nACDE\n")]
    [InlineData(">a\n>b\n")]
    public async Task A_text_without_a_usable_record_is_refused(string text)
    {
        var error = await Assert.ThrowsAsync<FastaEmptyException>(() => QueriesAsync(text));
        Assert.Equal(("fasta-empty", ErrorKind.Invalid), (error.Code, error.Kind));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'>', (byte)'a', (byte)'\n', (byte)'M', 0xFF, (byte)'K' })]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'>', 0, (byte)'a', 0, (byte)'\n', 0, (byte)'M', 0 })]
    [InlineData(new byte[] { (byte)'>', (byte)'a', (byte)'\n', (byte)'M', 0xC3 })]
    public async Task Bytes_that_are_not_UTF8_are_refused_even_at_the_very_end(byte[] bytes)
    {
        var error = await Assert.ThrowsAsync<FastaNotUtf8Exception>(() => QueriesAsync(bytes));
        Assert.Equal(("fasta-not-utf8", ErrorKind.Invalid), (error.Code, error.Kind));
    }

    [Fact]
    public async Task A_name_that_no_key_can_hold_is_refused_with_its_line()
    {
        string text = $">a\nM\n>{new string('x', FastaParser.NameCharsMax)} as long as may be\nM\n";
        Assert.Equal(2, (await QueriesAsync(text)).Count);
        Assert.Equal(2, (await UniProtAsync(text)).Count);
        text = text.Replace(" as long", "as long", StringComparison.Ordinal);
        var query = await Assert.ThrowsAsync<FastaNameTooLongException>(() => QueriesAsync(text));
        Assert.Equal(("fasta-name-too-long", ErrorKind.Invalid), (query.Code, query.Kind));
        Assert.Contains("line 3", query.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FastaNameTooLongException>(() => UniProtAsync(text));
    }

    [Fact]
    public async Task The_limit_counts_unpacked_bytes()
    {
        byte[] text = Encoding.UTF8.GetBytes(">a\n" + new string('M', 100_000));
        Assert.Single(await QueriesAsync(text, bytesMax: text.Length));
        var error = await Assert.ThrowsAsync<FastaTooLargeException>(() => QueriesAsync(text, bytesMax: text.Length - 1));
        Assert.Equal(("fasta-too-large", ErrorKind.TooLarge), (error.Code, error.Kind));

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(text);
        Assert.True(packed.Length < 1_000);
        await Assert.ThrowsAsync<FastaTooLargeException>(() => QueriesAsync(packed.ToArray(), bytesMax: text.Length - 1));
    }

    [Fact]
    public async Task A_gzip_cut_short_is_refused()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(">a\nMKVL\n>b\nMKVLA\n"u8);
        await Assert.ThrowsAsync<GzipTruncatedException>(() => QueriesAsync(packed.ToArray()[..^5]));
    }

    [Fact]
    public async Task The_human_file_has_its_isoforms_and_its_repeated_sequence()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        await using FileStream file = File.OpenRead(SharedData.PathOf("proteins", "fasta", "human_A.fasta.gz"));
        List<UniProtRecord> records = await FastaParser.ReadUniProtAsync(file, _counts, default).ToListAsync();
        Assert.Equal(_counts.Records, records.Count);
        Assert.Equal(2, records.Count(r => !r.IsCanonical));
        Assert.True(records.Count > records.DistinctBy(r => r.SequenceHash).Count());
        Assert.All(records, r => Assert.NotNull(r.EntryName));
    }

    [Theory]
    [InlineData("cafa3_targets.fasta.gz")]
    [InlineData("uniprot_queries_500.fasta.gz")]
    public async Task Real_files_read_as_query_sets(string name)
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        byte[] bytes = await File.ReadAllBytesAsync(SharedData.PathOf("proteins", "fasta", name));
        List<QueryRecord> records = await QueriesAsync(bytes);
        string text = await new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress)).ReadToEndAsync();
        Assert.Equal(text.Split('\n').Count(line => line.StartsWith('>')), records.Count + _counts.Skipped);
    }

    private async Task<List<UniProtRecord>> UniProtAsync(string text) =>
        await FastaParser.ReadUniProtAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), _counts, default).ToListAsync();

    private Task<List<QueryRecord>> QueriesAsync(string text) => QueriesAsync(Encoding.UTF8.GetBytes(text));

    private async Task<List<QueryRecord>> QueriesAsync(byte[] text, long bytesMax = FastaParser.QueryBytesMax) =>
        await FastaParser.ReadQueriesAsync(new MemoryStream(text), bytesMax, _counts, default).ToListAsync();
}

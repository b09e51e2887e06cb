using Penstock.Proteins.Embeddings;
using Penstock.Proteins.Neighbours;
using Penstock.Proteins.Sequences;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Proteins.Embeddings;

public class AlignmentFreeEmbeddingTests
{
    private const string Kinase = "MENFQKVEKIGEGTYGVVYKARNKLTGEVVALKKIRLDTETEGVPSTAIREISLLKELNHPNIVKLLDVIHTENKLYLVFEFLHQDLKKFMDASALTGIPLPLIKSYLFQLLQGLAFCHSHRVLHRDLKPQNLLINTEGAIKLADFGLARAFGVPVRTYTHEVVTLWYRAPEILLGCKYYSTAVDIWSLGCIFAEMVTRRALFPGDSEIDQLFRIFRTLGTPDEVVWPGVTSMPDYKPSFPKWARQDFSKVVPPLDEDGRSLLSQMLHYDPNKRISAKAALAHPFFQDVTKPVPHLRL";
    private const string Globin = "MVLSPADKTNVKAAWGKVGAHAGEYGAEALERMFLSFPTTKTYFPHFDLSHGSAQVKGHGKKVADALTNAVAHVDDMPNALSALSDLHAHKLRVDPVNFKLLSHCLLVTLAAHLPAEFTPAVHASLDKFLASVSTVLTSKYR";

    [Theory]
    [InlineData(Kinase)]
    [InlineData(Globin)]
    [InlineData("M")]
    [InlineData("ACX")]
    public void A_vector_has_length_one(string residues)
    {
        float[] vector = AlignmentFreeEmbedding.Embed(residues);
        Assert.Equal(AlignmentFreeEmbedding.Dimension, vector.Length);
        Assert.Equal(1, vector.Sum(value => (double)value * value), 1e-6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("XXXX**--")]
    [InlineData("é中\u0000")]
    public void Without_a_known_residue_the_vector_is_zero(string residues) =>
        Assert.All(AlignmentFreeEmbedding.Embed(residues), value => Assert.Equal(0, value));

    // Fails when the numbers change in any way; then ModelName has to change with them.
    [Fact]
    public void The_numbers_of_this_version_do_not_change() =>
        Assert.Equal("4c1f10db6552561e4f659385a47bb602", SequenceHash.Of(EmbeddingBytes.ToBase64(AlignmentFreeEmbedding.Embed(Kinase))));

    [Fact]
    public void Case_does_not_matter_and_ambiguous_letters_are_read_as_documented()
    {
        Assert.Equal(AlignmentFreeEmbedding.Embed(Globin), AlignmentFreeEmbedding.Embed(Globin.ToLowerInvariant()));
        Assert.Equal(AlignmentFreeEmbedding.Embed("DELCKMAW"), AlignmentFreeEmbedding.Embed("BZJUOMAW"));
    }

    [Fact]
    public void An_unknown_residue_takes_part_in_no_word()
    {
        // Too short for a word without the X, and every word with it would contain it: only the composition is left.
        Assert.Equal(AlignmentFreeEmbedding.Embed("MKVM"), AlignmentFreeEmbedding.Embed("MXKVM"));
        Assert.NotEqual(AlignmentFreeEmbedding.Embed("MKVMA"), AlignmentFreeEmbedding.Embed("MXKVMA"));
        // At a place the pattern skips, any residue may stand.
        Assert.NotEqual(AlignmentFreeEmbedding.Embed("MKVM"), AlignmentFreeEmbedding.Embed("MKXVM"));
    }

    [Fact]
    public void Composition_alone_is_that_of_the_formula()
    {
        float[] vector = AlignmentFreeEmbedding.Embed("AC");
        double[] background = [0.0825, 0.0138, 0.0546, 0.0672, 0.0386, 0.0707, 0.0227, 0.0591, 0.0580, 0.0965, 0.0241, 0.0406, 0.0474, 0.0393, 0.0553, 0.0665, 0.0536, 0.0686, 0.0110, 0.0292];
        double[] raw = [.. background.Select((mean, letter) => Math.Sqrt(letter < 2 ? 0.5 : 0) - Math.Sqrt(mean))];
        double length = Math.Sqrt(raw.Sum(value => value * value));
        for (int letter = 0; letter < raw.Length; letter++)
            Assert.Equal(raw[letter] / length, vector[letter], 1e-6);
        Assert.All(vector.Skip(20), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_changed_copy_stays_near_and_another_family_far()
    {
        var random = new Random(1);
        char[] changed = Kinase.ToCharArray();
        for (int change = 0; change < changed.Length / 10; change++)
            changed[random.Next(changed.Length)] = "ACDEFGHIKLMNPQRSTVWY"[random.Next(20)];
        double near = Similarity(Kinase, new string(changed));
        double far = Similarity(Kinase, Globin);
        Assert.True(near > 0.7 && far < 0.35, $"near {near}, far {far}");
    }

    [Fact]
    public async Task Neighbours_found_with_it_share_far_more_terms_than_chance_would_give()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        await using FileStream file = File.OpenRead(SharedData.PathOf("proteins", "fasta", "swissprot2014_20k.fasta.gz"));
        List<UniProtRecord> records = await FastaParser.ReadUniProtAsync(file, new FastaCounts(), default).ToListAsync();
        using var reader = new StreamReader(new System.IO.Compression.GZipStream(
            File.OpenRead(SharedData.PathOf("proteins", "fasta", "swissprot2014_20k_go.tsv.gz")), System.IO.Compression.CompressionMode.Decompress));
        Dictionary<string, HashSet<string>> terms = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t')).ToDictionary(cells => cells[0], cells => cells[1].Split(',').ToHashSet());

        const int Dimension = AlignmentFreeEmbedding.Dimension;
        var vectors = new float[records.Count * Dimension];
        for (int row = 0; row < records.Count; row++)
            AlignmentFreeEmbedding.Embed(records[row].Sequence, vectors.AsSpan(row * Dimension, Dimension));
        int[] queries = [.. Enumerable.Range(0, records.Count / 50).Select(i => i * 50)];
        float[] queryVectors = [.. queries.SelectMany(row => vectors[(row * Dimension)..((row + 1) * Dimension)])];
        Neighbour[][] found = new ExactKnn(vectors, Dimension, DistanceMetric.Cosine).Search(queryVectors, 6, KnnSearchOptions.Default, default);

        double Shared(int left, int right)
        {
            (HashSet<string> a, HashSet<string> b) = (terms[records[left].Accession], terms[records[right].Accession]);
            return a.Intersect(b).Count() / (double)a.Union(b).Count();
        }

        double nearest = queries.Select((row, i) => Shared(row, found[i].First(n => n.Row != row).Row)).Average();
        double chance = queries.Select((row, i) => Shared(row, queries[(i + 1) % queries.Length])).Average();
        Assert.True(nearest > 0.55 && nearest > 5 * chance, $"nearest {nearest:F3}, chance {chance:F3}");
    }

    private static double Similarity(string left, string right) => AlignmentFreeEmbedding.Embed(left)
        .Zip(AlignmentFreeEmbedding.Embed(right), (a, b) => (double)a * b).Sum();
}

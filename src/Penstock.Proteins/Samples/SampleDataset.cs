namespace Penstock.Proteins.Samples;

/// <summary>A small made-up world to try the pipeline on: families of proteins, an ontology, two dated sets of annotations.</summary>
/// <remarks>
/// The same seed gives the same files to the byte. Relatives share functions, and the later annotations add what a good
/// predictor could have guessed, so predictions and their evaluation mean something. Nothing in it is a real protein or term.
/// </remarks>
public static class SampleDataset
{
    public const int UsualSeed = 20_240_601;

    /// <summary>Writes the files into a folder, which is made if it does not exist; files of the same name are replaced.</summary>
    public static SampleFiles Write(string folder, int seed = UsualSeed)
    {
        Random random = new(seed);
        SampleOntology ontology = SampleOntology.Grow(random);
        SampleFamilies families = SampleFamilies.Grow(random, ontology);
        SampleAnnotations annotations = SampleAnnotations.Make(random, families);
        Directory.CreateDirectory(folder);
        return new SampleFiles(
            WriteText(folder, "sample.obo", ontology.WriteObo),
            WriteText(folder, "sample.fasta", writer => SampleFasta.Write(writer, families.Proteins)),
            WriteText(folder, "sample_t0.gaf", writer => SampleGaf.Write(writer, "20200101", annotations.Older)),
            WriteText(folder, "sample_t1.gaf", writer => SampleGaf.Write(writer, "20240101", annotations.Newer)),
            WriteText(folder, "sample_queries.fasta", writer => SampleFasta.Write(writer, families.Unseen)));
    }

    private static string WriteText(string folder, string name, Action<TextWriter> write)
    {
        string path = Path.Combine(Path.GetFullPath(folder), name);
        using StreamWriter writer = new(path) { NewLine = "\n" };
        write(writer);
        return path;
    }
}

/// <summary>Full paths of a sample's files.</summary>
/// <param name="Older">GAF of 2020.</param>
/// <param name="Newer">GAF of 2024: the older one and what was found since.</param>
/// <param name="Queries">Relatives that are not in <paramref name="Fasta"/>, to annotate.</param>
public sealed record SampleFiles(string Ontology, string Fasta, string Older, string Newer, string Queries);

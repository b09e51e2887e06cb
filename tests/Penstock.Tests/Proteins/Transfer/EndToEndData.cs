using System.Globalization;
using System.IO.Compression;
using Penstock.Proteins.Annotations;
using Penstock.Proteins.Ontology;
using Penstock.Proteins.Transfer;
using Penstock.Testing;
using Penstock.Tests.Proteins.Annotations;
using Penstock.Tests.Proteins.Ontology;

namespace Penstock.Tests.Proteins.Transfer;

/// <summary>The recorded end-to-end run of the original: references, queries and every prediction it made.</summary>
internal sealed class EndToEndData
{
    private static readonly Lazy<Task<EndToEndData>> Loaded = new(LoadCoreAsync);

    private EndToEndData(string[] accessions, string[] queries, float[] vectors, int dimension, ReferenceSet references)
    {
        References = references;
        Queries = queries;
        Vectors = vectors;
        Dimension = dimension;
        var rowOf = accessions.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        QueryVectors = [.. queries.SelectMany(query => vectors[(rowOf[query] * dimension)..((rowOf[query] + 1) * dimension)])];
    }

    public ReferenceSet References { get; }

    public string[] Queries { get; }

    public float[] Vectors { get; }

    public int Dimension { get; }

    public float[] QueryVectors { get; }

    public static Task<EndToEndData> LoadAsync() => Loaded.Value;

    /// <summary>The recorded predictions, each with the scores by configuration name.</summary>
    public static async Task<List<(PredictionRow Row, Dictionary<string, double> Scores, string[] Cells)>> ExpectedAsync()
    {
        using var reader = new StreamReader(new GZipStream(
            File.OpenRead(SharedData.PathOf("proteins", "e2e", "expected_predictions.tsv.gz")), CompressionMode.Decompress));
        string[] header = (await reader.ReadLineAsync())!.Split('\t');
        var rows = new List<(PredictionRow, Dictionary<string, double>, string[])>();
        while (await reader.ReadLineAsync() is { } line)
        {
            string[] cells = line.Split('\t');
            string Cell(string name) => cells[Array.IndexOf(header, name)];
            var row = new PredictionRow
            {
                ProteinAccession = Cell("protein_accession"),
                GoId = Cell("go_id"),
                Aspect = OntologyAspects.FromLetter(Cell("go_aspect")[0]),
                Distance = Number(Cell("distance")),
                RefProteinAccession = Cell("ref_protein_accession"),
                Qualifier = Cell("qualifier"),
                EvidenceCode = Cell("evidence_code"),
                GlobalAlignment = Alignment(Cell, "nw"),
                LocalAlignment = Alignment(Cell, "sw"),
                LengthQuery = Whole(Cell("length_query")),
                LengthRef = Whole(Cell("length_ref")),
                Taxonomy = new TaxonomyMeasures(
                    Whole(Cell("query_taxonomy_id")), Whole(Cell("ref_taxonomy_id")), Whole(Cell("taxonomic_lca")),
                    Whole(Cell("taxonomic_distance")), Whole(Cell("taxonomic_common_ancestors")), Cell("taxonomic_relation")),
                VoteCount = Whole(Cell("vote_count")),
                KPosition = Whole(Cell("k_position")),
                GoTermFrequency = Whole(Cell("go_term_frequency")),
                RefAnnotationDensity = Whole(Cell("ref_annotation_density")),
                NeighborDistanceStd = Number(Cell("neighbor_distance_std")),
            };
            rows.Add((row, header.Where(name => name.StartsWith("score:", StringComparison.Ordinal)).ToDictionary(name => name[6..], name => Number(Cell(name))), cells));
        }
        return rows;
    }

    private static AlignmentMeasures Alignment(Func<string, string> cell, string kind) => new(
        Number(cell($"identity_{kind}")), Number(cell($"similarity_{kind}")), Number(cell($"alignment_score_{kind}")),
        Number(cell($"gaps_pct_{kind}")), (int)Number(cell($"alignment_length_{kind}")));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static int? Whole(string text) => text.Length == 0 ? null : (int)Number(text);

    private static async Task<EndToEndData> LoadCoreAsync()
    {
        string[] accessions = await File.ReadAllLinesAsync(SharedData.PathOf("proteins", "e2e", "accessions.txt"));
        string[] queries = await File.ReadAllLinesAsync(SharedData.PathOf("proteins", "e2e", "queries.txt"));
        (float[] vectors, int dimension) = NpyReader.Read(SharedData.PathOf("proteins", "e2e", "embeddings_f16.npy"));

        OntologyGraph ontology = GeneOntologyFile.Graph;
        HashSet<string> known = await GafParserTests.CanonicalAccessionsAsync();
        var parser = new GafParser(known.Contains, goId => ontology.TryGetIndex(goId, out _) ? goId : null);
        await using FileStream gaf = File.OpenRead(SharedData.PathOf("proteins", "gaf", "human_A_t0.gaf.gz"));
        var annotations = new List<(string, ReferenceAnnotation)>();
        await foreach (GafRow row in parser.ReadAsync(gaf, default))
        {
            ontology.TryGetIndex(row.GoId, out int term);
            annotations.Add((row.Accession, new(row.GoId, ontology.TermAt(term).Aspect, row.Qualifier, row.EvidenceCode)));
        }
        return new EndToEndData(accessions, queries, vectors, dimension, ReferenceSet.Create(accessions, annotations));
    }
}

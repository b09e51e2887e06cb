using Penstock.Client.Proteins;

namespace Penstock.Tests.Console;

/// <summary>A small protein workspace: one ontology, two annotation sets, predictions and an evaluation of them.</summary>
internal static class ProteinSamples
{
    public static readonly Guid Snapshot = Samples.Id(0xa1);
    public static readonly Guid OldSet = Samples.Id(0xb1);
    public static readonly Guid NewSet = Samples.Id(0xb2);
    public static readonly Guid Config = Samples.Id(0xc1);
    public static readonly Guid QuerySet = Samples.Id(0xd1);
    public static readonly Guid PredictionSet = Samples.Id(0xe1);
    public static readonly Guid EvaluationSet = Samples.Id(0xf1);
    public static readonly Guid Result = Samples.Id(0xf2);

    private static readonly (int Id, string Name, int[] IsA)[] Functions =
    [
        (3674, "molecular_function", []), (3824, "catalytic activity", [3674]), (5488, "binding", [3674]),
        (16740, "transferase activity", [3824]), (16772, "transferase activity, transferring phosphorus-containing groups", [16740]),
        (16301, "kinase activity", [16772]), (4672, "protein kinase activity", [16301, 140096]), (140096, "catalytic activity, acting on a protein", [3824]),
        (4674, "protein serine/threonine kinase activity", [4672]), (166, "nucleotide binding", [1901265, 36094]), (1901265, "nucleoside phosphate binding", [5488]),
        (36094, "small molecule binding", [5488]), (5524, "ATP binding", [30554, 35639]), (30554, "adenyl nucleotide binding", [17076]),
        (17076, "purine nucleotide binding", [166]), (35639, "purine ribonucleoside triphosphate binding", [17076]),
    ];

    public static void Fill(FakeProteins api, DateTimeOffset now)
    {
        api.Stats = new ProteinStats(20_431, 20_180, 251, 18_002, 2_429, 20_180, 17_344);
        for (int i = 0; i < 120; i++)
            api.Proteins.Add(Protein(i == 0 ? "P06493" : $"Q{10_000 + i}", i));
        FillKnowledge(api, now);
        FillPredictions(api, now);
        FillEvaluation(api, now);
    }

    public static GoSubgraph KinaseGraph()
    {
        GoNode[] nodes = [.. Functions.Select(term => new GoNode(term.Id, $"GO:{term.Id:0000000}", term.Name, "F", term.Id is 4674 or 5524))];
        GoEdge[] edges = [.. Functions.SelectMany(term => term.IsA.Select(parent => new GoEdge(term.Id, parent, "is_a"))), new GoEdge(5524, 16301, "part_of")];
        return new GoSubgraph(nodes, edges);
    }

    public static EvaluationCurve Curve(string setting, string aspect, double height)
    {
        List<CurvePoint> points = [];
        for (int i = 1; i < 100; i++)
        {
            double tau = i / 100.0;
            double recall = height * 1.3 * Math.Pow(1 - tau, 0.6);
            double precision = Math.Min(0.97, 0.12 + height * Math.Pow(tau, 0.7));
            recall = Math.Min(recall, 0.98);
            double f = 2 * precision * recall / (precision + recall);
            points.Add(new CurvePoint(tau, precision, recall, f, 20 - 12 * f, tau < 0.95 ? 1 - tau / 2 : 0, precision * 0.9, recall * 0.85, f * 0.87, 15 - 8 * f, tau < 0.95 ? 1 - tau / 2 : 0));
        }
        return new EvaluationCurve(setting, aspect, points);
    }

    private static ProteinDetail Protein(string accession, int i) => new(
        accession, i == 0 ? "CDK1_HUMAN" : $"Y{i:000}_HUMAN", i == 0 ? "CDK1" : $"GENE{i}", "Homo sapiens (Human)", "9606", 297 + i, i % 7 != 3, true, null,
        accession, i == 0 ? ["P06493-2"] : [], 1 + i, "MEDYTKIEKIGEGTYGVVYKGRHKTTGQVVAMKKIRLESEEEGVPSTAIREISLLKELRHPNIVSLQDVLMQDSRLYLIFEFLSMDLKKYLDSIPPGQYMDSSLVK", 1, 1, 6);

    private static void FillKnowledge(FakeProteins api, DateTimeOffset now)
    {
        api.Snapshots.Add(new OntologySnapshot(
            Snapshot, "https://release.example.org/2022-07-01/go-basic.obo", "releases/2022-07-01", null, now.AddDays(-3), 43_558, 91_204, "proteins/ontology/releases_2022-07-01.obo", "ab12"));
        api.AnnotationSets.Add(new AnnotationSet(
            NewSet, "goa", "2023-03-07", Snapshot, "releases/2022-07-01", Samples.Id(7), now.AddDays(-1),
            FakeApi.Element("""{"skipped_by_reason":{"unknown_accession":1204,"unknown_term":12}}"""), 601_332));
        api.AnnotationSets.Add(new AnnotationSet(OldSet, "goa", "2022-07-01", Snapshot, "releases/2022-07-01", Samples.Id(6), now.AddDays(-2), null, 577_810));
        api.Accretion.Add(new InformationAccretionSet(Samples.Id(0xab), Snapshot, OldSet, "lafa", "proteins/ia/1.tsv", "cd34", 43_558, 21_406, 120_331, 17_344, 14.2, 3.41, null, now.AddDays(-1)));
        api.Configs.Add(new EmbeddingConfig(Config, "builtin-kmer", "builtin", [0], "mean", "mean", false, true, 1_022, false, 512, 0, "Composition and spaced k-mers", now.AddDays(-2), 20_180));
        api.Annotations.AddRange(
        [
            Annotation("GO:0004674", "protein serine/threonine kinase activity", "F", "enables", "IDA"),
            Annotation("GO:0005524", "ATP binding", "F", "enables", "IEA"),
            Annotation("GO:0003677", "DNA binding", "F", "NOT|enables", "IMP"),
            Annotation("GO:0000086", "G2/M transition of mitotic cell cycle", "P", "involved_in", "TAS"),
            Annotation("GO:0005634", "nucleus", "C", "located_in", "IDA"),
        ]);
        api.Graph = KinaseGraph();
    }

    private static ProteinAnnotation Annotation(string id, string name, string aspect, string qualifier, string evidence) =>
        new(id, name, aspect, qualifier, evidence, "UniProt", "PMID:19465021", NewSet, "goa", "2023-03-07");

    private static void FillPredictions(FakeProteins api, DateTimeOffset now)
    {
        api.QuerySets.Add(new QuerySetDetail(QuerySet, "Deep-sea isolates", "Contigs of the March cruise", now.AddHours(-2), 3, [new("contig_17", 9, 412), new("contig_18", 10, 91), new("P06493", 1, 297)]));
        api.PredictionSets.Add(new PredictionSet(
            PredictionSet, Config, "builtin-kmer", OldSet, "goa 2022-07-01", Snapshot, "releases/2022-07-01", QuerySet, "Deep-sea isolates", 5, null, now.AddHours(-1), "succeeded", 184));
        foreach (string accession in (string[])["P06493", "contig_17", "contig_18"])
        {
            api.Predictions.Add(new Prediction(accession, "GO:0004674", "protein serine/threonine kinase activity", "F", 0.1312, 0.9344, "P24941", "enables", "IDA", 4, 1, 12, 9, 0.05));
            api.Predictions.Add(new Prediction(accession, "GO:0005524", "ATP binding", "F", 0.1312, 0.9344, "P24941", "enables", "IEA", 3, 1, 44, 9, 0.05));
            api.Predictions.Add(new Prediction(accession, "GO:0051301", "cell division", "P", 0.3907, 0.8047, "Q00534", "involved_in", "IEA", 1, 2, 7, 5, 0.05));
        }
        GoTermCount[] top = [new("GO:0005524", "ATP binding", "F", 61), new("GO:0005634", "nucleus", "C", 44), new("GO:0051301", "cell division", "P", 12)];
        api.Terms = new GoTermDistribution(
            top.GroupBy(term => term.Aspect!).ToDictionary(group => group.Key, IReadOnlyList<GoTermCount> (group) => [.. group]),
            new Dictionary<string, long> { ["F"] = 90, ["P"] = 50, ["C"] = 44 }, top);
        api.Reply = new AnnotateReply(QuerySet, Config, OldSet, Snapshot, Samples.Id(8), Samples.Id(9), PredictionSet, 3);
        api.Status = new AnnotateStatus("embedding", Samples.Id(8), "running", Samples.Id(9), null, PredictionSet, QuerySet, 41, 96, null, null);
    }

    private static void FillEvaluation(FakeProteins api, DateTimeOffset now)
    {
        api.EvaluationSets.Add(new EvaluationSet(EvaluationSet, OldSet, NewSet, "2022-07-01", "2023-03-07", null, now.AddHours(-5), new EvaluationStats(3_504, 812, 1_440, 2_005, 3_001, 4_210, 6_877, 88_120)));
        Dictionary<string, IReadOnlyDictionary<string, AspectResult>> results = [];
        double height = 0.75;
        foreach (string setting in (string[])["NK", "LK", "PK"])
        {
            Dictionary<string, AspectResult> aspects = [];
            foreach (string aspect in (string[])["BPO", "MFO", "CCO"])
            {
                EvaluationCurve curve = Curve(setting, aspect, height);
                api.Curves.Add(curve);
                CurvePoint best = curve.Points.Where(point => point.Coverage > 0).MaxBy(point => point.F)!;
                BestPoint plain = new(best.F, best.Tau, best.Precision, best.Recall, best.Coverage);
                BestPoint weighted = new(best.FW!.Value, best.Tau, best.PrecisionW!.Value, best.RecallW!.Value, best.CoverageW!.Value);
                aspects[aspect] = new AspectResult(
                    "f_w", best.FW.Value, best.Precision, best.Recall, best.Tau, best.Coverage, 610, 812, plain, weighted, plain, weighted,
                    plain with { Value = 12.31 }, weighted with { Value = 9.87 });
                height -= 0.055;
            }
            results[setting] = aspects;
        }
        api.Results.Add(new EvaluationResult(
            Result, EvaluationSet, PredictionSet, Samples.Id(11), now.AddHours(-4), "fixed", true, results,
            ["12 predicted terms are not in the ontology snapshot and do not count."], ["metrics.tsv"]));
    }
}

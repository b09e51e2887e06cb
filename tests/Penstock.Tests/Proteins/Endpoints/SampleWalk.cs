using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Xunit;

namespace Penstock.Tests.Proteins.Endpoints;

/// <summary>The sample from its ontology to measured predictions, and everything that the API can be asked about it.</summary>
internal sealed record SampleWalk(
    Guid Snapshot, Guid Older, Guid Newer, Guid Queries, Guid Annotated, Guid Predicted, Guid Named, Guid Evaluation, Guid Result)
{
    private const string ConfigId = "0191f1d0-0000-7000-8000-000000000512";

    // Names with letters of both cases and beyond ASCII, the wildcards of like, an isoform, and a second sequence for S00001.
    private const string Oddities = """
        >sp|Q90001|Mixed_Case Odd one OS=Homo Sapiens OX=9606 GN=Abc_D PE=1 SV=1
        MKLVAAAAGGGGCCCC
        >tr|Q90001-2|Mixed_Case Odd one OS=Homo Sapiens OX=9606
        MKLVAAAAGGGG
        >sp|q90002|PER_CENT Odd OS=Éric 100% OX=1 GN=É PE=1 SV=1
        MKLVAAAAGGGGCCCC
        >sp|S00001|OTHER_NAME Changed OS=Penstock sample OX=2600000 GN=other PE=1 SV=2
        MKLVWWWWGGGGCCCC
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Runs the pipeline.</summary>
    /// <param name="ended">Told of each job that the walk waits for.</param>
    public static async Task<SampleWalk> MakeAsync(ProteinServer server, Action<JobDetail> ended)
    {
        async Task<Guid> RunAsync(Task<QueuedJob> asking, string? key = null)
        {
            JobDetail job = await server.SucceedAsync(await asking);
            ended(job);
            return key is null ? job.Id : job.Result!.Value.GetProperty(key).GetGuid();
        }
        ProteinsClient proteins = server.Proteins;
        string odd = Path.Combine(server.Server.Workspace.Root, "sample", "odd.fasta");
        await File.WriteAllTextAsync(odd, Oddities, Cancel);
        Guid snapshot = await RunAsync(proteins.LoadOntologyAsync(new LoadOntologyRequest(server.Sample.Ontology), Cancel), "ontology_snapshot_id");
        await RunAsync(proteins.InsertProteinsAsync(new InsertProteinsRequest(FastaUrl: server.Sample.Fasta), Cancel));
        await RunAsync(proteins.InsertProteinsAsync(new InsertProteinsRequest(FastaUrl: odd), Cancel));
        Guid older = await RunAsync(proteins.LoadGoaAsync(new LoadGoaRequest(snapshot, server.Sample.Older, "2020"), Cancel), "annotation_set_id");
        Guid newer = await RunAsync(proteins.LoadGoaAsync(new LoadGoaRequest(snapshot, server.Sample.Newer, "2024"), Cancel), "annotation_set_id");
        Guid config = Guid.Parse(ConfigId);
        await RunAsync(proteins.ComputeEmbeddingsAsync(new ComputeEmbeddingsRequest(config), Cancel));
        await RunAsync(proteins.ComputeInformationAccretionAsync(new ComputeInformationAccretionRequest(older), Cancel));
        await using FileStream fasta = File.OpenRead(server.Sample.Queries);
        AnnotateReply annotated = await proteins.AnnotateAsync("two of each family", fasta, Cancel);
        await server.EndAsync(annotated.EmbeddingJobId);
        await server.EndAsync(annotated.PredictionJobId);
        Guid predicted = await RunAsync(
            proteins.PredictAsync(new PredictRequest(config, older, snapshot, ExcludeSelf: true, ComputeRerankerFeatures: true), Cancel),
            "prediction_set_id");
        Guid named = await RunAsync(
            proteins.PredictAsync(new PredictRequest(config, newer, snapshot, QueryAccessions: ["S00002", "S00001", "nobody"]), Cancel),
            "prediction_set_id");
        Guid evaluation = await RunAsync(
            proteins.GenerateEvaluationSetAsync(new GenerateEvaluationSetRequest(older, newer), Cancel), "evaluation_set_id");
        Guid result = await RunAsync(proteins.RunEvaluationAsync(evaluation, new RunEvaluationRequest(predicted), Cancel));
        return new SampleWalk(snapshot, older, newer, annotated.QuerySetId, annotated.PredictionSetId, predicted, named, evaluation, result);
    }

    /// <summary>What can be asked of it.</summary>
    public IEnumerable<string> Paths() =>
    [
        "/annotations/snapshots", $"/annotations/snapshots/{Snapshot}/subgraph?go_ids=GO:9000049,GO:9001049&depth=6",
        "/annotations/sets", "/annotations/sets?source=goa", "/annotations/sets?source=quickgo", $"/annotations/sets/{Older}",
        "/annotations/information-accretion", "/proteins/stats", "/proteins?limit=200", "/proteins?limit=50&offset=30&reviewed=true",
        "/proteins?reviewed=false&canonical_only=false", "/proteins?canonical_only=true&limit=200", "/proteins?search=FAM1&limit=200", "/proteins?search=mixed_c",
        "/proteins?search=ABC_d", "/proteins?search=%25", "/proteins?search=%C3%89", "/proteins?search=%C3%A9ric", "/proteins?search=q9",
        "/proteins/Q90001", "/proteins/Q90001-2", "/proteins/q90002", "/proteins/S00001", "/proteins/S00001/annotations",
        $"/proteins/S00002/annotations?annotation_set_id={Newer}", "/embeddings/configs", "/query-sets", $"/query-sets/{Queries}",
        "/embeddings/prediction-sets", .. new[] { Annotated, Predicted, Named }.SelectMany(PathsOfPredictions),
        $"/embeddings/prediction-sets/{Predicted}/predictions-cafa.tsv?eval_id={Evaluation}",
        "/annotations/evaluation-sets", $"/annotations/evaluation-sets/{Evaluation}",
        .. new[] { "ground-truth-NK.tsv", "ground-truth-LK.tsv", "ground-truth-PK.tsv", "known-terms.tsv", "delta-proteins.fasta?category=all" }
            .Select(file => $"/annotations/evaluation-sets/{Evaluation}/{file}"),
        .. new[] { "", $"/{Result}", $"/{Result}/curves", $"/{Result}/metrics.tsv" }
            .Select(part => $"/annotations/evaluation-sets/{Evaluation}/results{part}"),
    ];

    private static IEnumerable<string> PathsOfPredictions(Guid id) => new[]
    {
        "", "/proteins?limit=200", "/proteins?search=s0000&limit=3&offset=2", "/proteins?search=S00001", "/proteins/S00001", "/proteins/nobody",
        "/go-terms?limit=50", "/predictions.tsv", "/predictions.tsv?aspect=F&max_distance=0.5", "/predictions.tsv?accession=S00002",
        "/predictions-cafa.tsv",
    }.Select(part => $"/embeddings/prediction-sets/{id}{part}");

    /// <summary>Deletes the half of it.</summary>
    public async Task DeleteAsync(ProteinServer server)
    {
        await server.Proteins.DeleteEvaluationSetAsync(Evaluation, Cancel);
        await server.Proteins.DeletePredictionSetAsync(Predicted, Cancel);
        await server.Proteins.DeleteQuerySetAsync(Queries, Cancel);
        await server.Proteins.DeleteAnnotationSetAsync(Older, Cancel);
    }
}

using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Xunit;

namespace Penstock.Tests.Proteins.Endpoints;

/// <summary>From the load of an ontology to measured predictions, both databases answer every request alike, to the last digit.</summary>
public sealed partial class SameAnswersTests
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

    [Fact]
    public async Task Every_answer_is_the_same_on_SQLite_and_on_PostgreSQL()
    {
        List<(string Question, string Answer)> served = await AnswersAsync(PostgresBackend.Use);
        List<(string Question, string Answer)> embedded = await AnswersAsync(null);
        Assert.Equal(embedded.Select(a => a.Question), served.Select(a => a.Question));
        foreach (((string question, string expected), (_, string found)) in embedded.Zip(served))
            Assert.True(expected == found, $"{question}\nSQLite:     {expected}\nPostgreSQL: {found}");
        Assert.True(embedded.Sum(a => a.Answer.Length) > 100_000, "The answers hold less than the pipeline makes.");
    }

    private static async Task<List<(string Question, string Answer)>> AnswersAsync(Action<IServiceCollection>? backend)
    {
        await using ProteinServer server = await ProteinServer.StartAsync(backend);
        Answers answers = new(server);
        Made made = await MakeAsync(server, answers);
        foreach (string path in Paths(made))
            await answers.AskAsync(path);
        await DeleteAsync(server, made);
        foreach (string path in Paths(made))
            await answers.AskAsync(path);
        return answers.All;
    }

    /// <summary>Runs the pipeline, and notes what each job says it did.</summary>
    private static async Task<Made> MakeAsync(ProteinServer server, Answers answers)
    {
        async Task<Guid> RunAsync(Task<QueuedJob> asking, string? key = null)
        {
            JobDetail job = await server.SucceedAsync(await asking);
            answers.Note($"{job.Operation}", $"{job.Result}");
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
        return new Made(snapshot, older, newer, annotated.QuerySetId, annotated.PredictionSetId, predicted, named, evaluation, result);
    }

    private static IEnumerable<string> Paths(Made made) =>
    [
        "/annotations/snapshots", $"/annotations/snapshots/{made.Snapshot}/subgraph?go_ids=GO:9000049,GO:9001049&depth=6",
        "/annotations/sets", "/annotations/sets?source=goa", "/annotations/sets?source=quickgo", $"/annotations/sets/{made.Older}",
        "/annotations/information-accretion", "/proteins/stats", "/proteins?limit=200", "/proteins?limit=50&offset=30&reviewed=true",
        "/proteins?reviewed=false&canonical_only=false", "/proteins?canonical_only=true&limit=200", "/proteins?search=FAM1&limit=200", "/proteins?search=mixed_c",
        "/proteins?search=ABC_d", "/proteins?search=%25", "/proteins?search=%C3%89", "/proteins?search=%C3%A9ric", "/proteins?search=q9",
        "/proteins/Q90001", "/proteins/Q90001-2", "/proteins/q90002", "/proteins/S00001", "/proteins/S00001/annotations",
        $"/proteins/S00002/annotations?annotation_set_id={made.Newer}", "/embeddings/configs", "/query-sets", $"/query-sets/{made.Queries}",
        "/embeddings/prediction-sets", .. new[] { made.Annotated, made.Predicted, made.Named }.SelectMany(PathsOfPredictions),
        $"/embeddings/prediction-sets/{made.Predicted}/predictions-cafa.tsv?eval_id={made.Evaluation}",
        "/annotations/evaluation-sets", $"/annotations/evaluation-sets/{made.Evaluation}",
        .. new[] { "ground-truth-NK.tsv", "ground-truth-LK.tsv", "ground-truth-PK.tsv", "known-terms.tsv", "delta-proteins.fasta?category=all" }
            .Select(file => $"/annotations/evaluation-sets/{made.Evaluation}/{file}"),
        .. new[] { "", $"/{made.Result}", $"/{made.Result}/curves", $"/{made.Result}/metrics.tsv" }
            .Select(part => $"/annotations/evaluation-sets/{made.Evaluation}/results{part}"),
    ];

    private static IEnumerable<string> PathsOfPredictions(Guid id) => new[]
    {
        "", "/proteins?limit=200", "/proteins?search=s0000&limit=3&offset=2", "/proteins?search=S00001", "/proteins/S00001", "/proteins/nobody",
        "/go-terms?limit=50", "/predictions.tsv", "/predictions.tsv?aspect=F&max_distance=0.5", "/predictions.tsv?accession=S00002",
        "/predictions-cafa.tsv",
    }.Select(part => $"/embeddings/prediction-sets/{id}{part}");

    private static async Task DeleteAsync(ProteinServer server, Made made)
    {
        await server.Proteins.DeleteEvaluationSetAsync(made.Evaluation, Cancel);
        await server.Proteins.DeletePredictionSetAsync(made.Predicted, Cancel);
        await server.Proteins.DeleteQuerySetAsync(made.Queries, Cancel);
        await server.Proteins.DeleteAnnotationSetAsync(made.Older, Cancel);
    }

    private sealed record Made(
        Guid Snapshot, Guid Older, Guid Newer, Guid Queries, Guid Annotated, Guid Predicted, Guid Named, Guid Evaluation, Guid Result);

    /// <summary>What a server said, without what differs from run to run: ids, times, durations, its folder.</summary>
    private sealed class Answers(ProteinServer server)
    {
        private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

        public List<(string Question, string Answer)> All { get; } = [];

        public void Note(string question, string answer) => All.Add((Plain(question), Plain(answer)));

        public async Task AskAsync(string path)
        {
            (int status, _, string body) = await server.Server.SendAsync(HttpMethod.Get, path);
            Note(path, $"{status} {(body.StartsWith('[') || body.StartsWith('{') ? Ordered(body) : body)}");
        }

        private string Plain(string text)
        {
            text = text.Replace(server.Server.Workspace.Root, "", StringComparison.Ordinal);
            text = Varying().Replace(text, "");
            return Id().Replace(text, id => _ids.TryGetValue(id.Value, out string? known) ? known : _ids[id.Value] = $"id-{_ids.Count}");
        }

        /// <summary>Indented, so that a difference is a line.</summary>
        private static string Ordered(string json) =>
            Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize<JsonElement>(json), Indented));

        private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();

    [GeneratedRegex("""
        "(elapsed_seconds|trace_id|created_at|loaded_at|instance)": ?("[^"]*"|[0-9.eE+-]+)
        """)]
    private static partial Regex Varying();
}

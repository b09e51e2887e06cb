using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Client.Errors;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Penstock.Sql;
using Xunit;

namespace Penstock.Tests.Proteins.Endpoints;

/// <summary>Every wrong input gets its code, and leaves nothing behind.</summary>
public sealed class RefusedInputTests
{
    private static readonly string[] Tables =
    [
        "protein", "sequence", "ontology_snapshot where published_at is not null", "annotation_set where published_at is not null",
        "query_set", "query_set_entry", "prediction_set", "go_prediction", "evaluation_set", "evaluation_result", "sequence_embedding",
        "embedding_config", "information_accretion_set",
    ];

    private static readonly (string Method, string Path, string? Body, int Status, string Code)[] WrongRequests =
    [
        ("GET", "/proteins/P99999", null, 404, "protein-not-found"),
        ("GET", "/proteins?limit=0", null, 400, "parameter-out-of-range"),
        ("GET", "/proteins?offset=-1", null, 400, "parameter-out-of-range"),
        ("GET", "/annotations/sets/not-a-uuid", null, 400, "parameter-malformed"),
        ("GET", "/annotations/sets/{id}", null, 404, "annotation-set-not-found"),
        ("GET", "/annotations/snapshots/{id}", null, 404, "ontology-snapshot-not-found"),
        ("GET", "/annotations/snapshots/{id}/subgraph?go_ids=GO:0008150", null, 404, "ontology-snapshot-not-found"),
        ("GET", "/annotations/snapshots/{id}/subgraph?go_ids=GO:0008150&depth=7", null, 400, "parameter-out-of-range"),
        ("GET", "/annotations/evaluation-sets/{id}/ground-truth-NK.tsv", null, 404, "evaluation-set-not-found"),
        ("GET", "/annotations/evaluation-sets/{id}/results", null, 404, "evaluation-set-not-found"),
        ("GET", "/embeddings/configs/{id}", null, 404, "embedding-config-not-found"),
        ("GET", "/embeddings/prediction-sets/{id}", null, 404, "prediction-set-not-found"),
        ("GET", "/embeddings/prediction-sets/{id}/predictions.tsv?aspect=X", null, 400, "parameter-out-of-range"),
        ("GET", "/query-sets/{id}", null, 404, "query-set-not-found"),
        ("GET", "/annotate/{id}", null, 404, "annotate-job-not-found"),
        ("DELETE", "/annotations/sets/{id}", null, 404, "annotation-set-not-found"),
        ("DELETE", "/query-sets/{id}", null, 404, "query-set-not-found"),
        ("POST", "/annotate", """{"fasta_text":">a\nMK"}""", 409, "nothing-loaded"),
        ("POST", "/query-sets", """{"name":"no text"}""", 422, "fasta-missing"),
        ("POST", "/query-sets", """{"fasta_text":5}""", 400, "form-malformed"),
        ("POST", "/proteins/insert", """{}""", 422, "payload-invalid"),
        ("POST", "/proteins/insert", """{"fasta_url":"relative.fasta"}""", 422, "source-invalid"),
        ("POST", "/annotations/snapshots/load", """{"obo_url":"ftp://example.org/go.obo"}""", 422, "source-invalid"),
        ("POST", "/annotations/snapshots/load", """{"obo_url":"  "}""", 422, "payload-invalid"),
        ("PATCH", "/annotations/snapshots/{id}/ia-url", """{}""", 422, "payload-invalid"),
        ("POST", "/annotations/sets/load-goa", """{"ontology_snapshot_id":"{id}","gaf_url":"/x.gaf","source_version":"1"}""", 404, "ontology-snapshot-not-found"),
        ("POST", "/annotations/sets/load-goa", $$"""{"ontology_snapshot_id":"{id}","gaf_url":"/x.gaf","source_version":"{{new string('1', 201)}}"}""", 422, "payload-invalid"),
        ("POST", "/annotations/sets/load-goa", """{"ontology_snapshot_id":"{id}"}""", 400, "body-malformed"),
        ("POST", "/annotations/evaluation-sets/generate", """{"old_annotation_set_id":"{id}","new_annotation_set_id":"{id}"}""", 422, "payload-invalid"),
        ("POST", "/embeddings/predict", """{"embedding_config_id":"{id}","annotation_set_id":"{id}","ontology_snapshot_id":"{id}"}""", 404, "embedding-config-not-found"),
        ("POST", "/embeddings/predict", """{"embedding_config_id":"{id}","annotation_set_id":"{id}","ontology_snapshot_id":"{id}","metric":"manhattan"}""", 422, "payload-invalid"),
        ("POST", "/embeddings/predict", """{"embedding_config_id":"{id}","annotation_set_id":"{id}","ontology_snapshot_id":"{id}","limit_per_entry":0}""", 422, "payload-invalid"),
        ("POST", "/embeddings/compute", """{"embedding_config_id":"{id}"}""", 404, "embedding-config-not-found"),
        ("POST", "/embeddings/configs", """{"model_backend":"magic","chunk_overlap":600}""", 422, "embedding-config-invalid"),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_that_cannot_be_loaded_fail_their_job_with_a_code_and_change_nothing()
    {
        await using ProteinServer server = await ProteinServer.StartAsync();
        LoadedSample loaded = await server.LoadSampleAsync();
        string folder = server.Server.Workspace.Root;
        string obo = await File.ReadAllTextAsync(server.Sample.Ontology, Cancel);
        IReadOnlyDictionary<string, long> before = await CountAsync(server);

        Assert.Equal("obo-unreadable", await LoadOntologyAsync(server, Cut(Path.Combine(folder, "cut.obo.gz"), obo)));
        Assert.Equal("obo-version-missing", await LoadOntologyAsync(server, Write(folder, "no-version.obo", obo.Replace("data-version", "other-version"))));
        Assert.Equal("obo-no-terms", await LoadOntologyAsync(server, Write(folder, "empty.obo", "format-version: 1.2\ndata-version: x\n")));
        Assert.Equal("source-not-found", await LoadOntologyAsync(server, Path.Combine(folder, "absent.obo")));
        Assert.Equal("artifact-not-found", await LoadOntologyAsync(server, "artifact:absent.obo"));
        Assert.Equal("source-unreachable", await LoadOntologyAsync(server, "http://127.0.0.1:9/go.obo"));

        string cutGaf = Cut(Path.Combine(folder, "cut.gaf.gz"), await File.ReadAllTextAsync(server.Sample.Newer, Cancel));
        Assert.Equal("gzip-truncated", await LoadGafAsync(server, loaded.SnapshotId, cutGaf));
        Assert.Equal("fasta-empty", await InsertAsync(server, Write(folder, "empty.fasta", "no header\n")));
        Assert.Equal(before, await CountAsync(server));
    }

    [Fact]
    public async Task Short_lines_of_a_GAF_are_counted_and_the_others_loaded()
    {
        await using ProteinServer server = await ProteinServer.StartAsync();
        LoadedSample loaded = await server.LoadSampleAsync();
        string row = File.ReadLines(server.Sample.Older).First(line => line[0] != '!');
        string unknown = row.Replace("\tS", "\tZ");
        string path = Write(server.Server.Workspace.Root, "short.gaf", $"!gaf-version: 2.2\n{row}\nUniProtKB\tS00001\n{unknown}\n{row}\n");
        JobDetail job = await server.SucceedAsync(await server.Proteins.LoadGoaAsync(new LoadGoaRequest(loaded.SnapshotId, path, "short"), Cancel));
        JsonElement reasons = job.Result!.Value.GetProperty("skipped_by_reason");
        Assert.Equal(1, job.Result!.Value.GetProperty("annotations_inserted").GetInt64());
        Assert.Equal(
            (1, 1, 0, 1),
            (reasons.GetProperty("short_line").GetInt64(), reasons.GetProperty("unknown_accession").GetInt64(),
             reasons.GetProperty("unknown_term").GetInt64(), reasons.GetProperty("duplicate").GetInt64()));
    }

    [Theory]
    [InlineData(">a\nMK\n>a\nML\n", "fasta-duplicate-accession")]
    [InlineData("just text\n", "fasta-empty")]
    [InlineData(">a\n\n", "fasta-empty")]
    public async Task FASTA_that_cannot_be_answered_is_refused(string fasta, string code)
    {
        await using ProteinServer server = await ProteinServer.StartAsync();
        await AssertRefusedAsync(server, Encoding.UTF8.GetBytes(fasta), HttpStatusCode.UnprocessableEntity, code);
    }

    [Fact]
    public async Task FASTA_that_is_not_UTF_8_is_refused()
    {
        await using ProteinServer server = await ProteinServer.StartAsync();
        await AssertRefusedAsync(server, [(byte)'>', (byte)'a', (byte)'\n', 0xff, 0xfe, (byte)'\n'], HttpStatusCode.UnprocessableEntity, "fasta-not-utf8");
    }

    [Fact]
    public async Task FASTA_of_60_MiB_is_refused_packed_or_not()
    {
        await using ProteinServer server = await ProteinServer.StartAsync();
        byte[] large = new byte[60 << 20];
        large.AsSpan().Fill((byte)'M');
        ">a\n"u8.CopyTo(large);
        await AssertRefusedAsync(server, large, HttpStatusCode.RequestEntityTooLarge, "fasta-too-large");
        using MemoryStream packed = new();
        await using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(large, Cancel);
        await AssertRefusedAsync(server, packed.ToArray(), HttpStatusCode.RequestEntityTooLarge, "fasta-too-large");
    }

    [Fact]
    public async Task Each_wrong_request_has_its_status_and_code_and_changes_nothing()
    {
        const string Absent = "0190aaaa-0000-7000-8000-000000000000";
        await using ProteinServer server = await ProteinServer.StartAsync();
        IReadOnlyDictionary<string, long> before = await CountAsync(server);
        List<string> wrong = [];
        foreach ((string method, string path, string? body, int status, string code) in WrongRequests)
        {
            (int answered, ProblemView? problem, string text) = await server.Server.SendAsync(
                new HttpMethod(method), path.Replace("{id}", Absent), body?.Replace("{id}", Absent));
            if ((answered, problem?.Code) != (status, code))
                wrong.Add($"{method} {path} {body}: {answered} {problem?.Code ?? text} instead of {status} {code}");
        }
        Assert.Empty(wrong);
        Assert.Equal(before, await CountAsync(server));
    }

    [Fact]
    public async Task Sets_of_different_ontologies_cannot_be_compared()
    {
        await using ProteinServer server = await ProteinServer.StartAsync();
        LoadedSample loaded = await server.LoadSampleAsync();
        string obo = (await File.ReadAllTextAsync(server.Sample.Ontology, Cancel)).Replace("penstock-sample-1", "penstock-sample-2");
        JobDetail other = await server.SucceedAsync(await server.Proteins.LoadOntologyAsync(
            new LoadOntologyRequest(Write(server.Server.Workspace.Root, "other.obo", obo)), Cancel));
        Guid otherSet = await server.LoadGafAsync(other.Result!.Value.GetProperty("ontology_snapshot_id").GetGuid(), server.Sample.Newer, "2024");
        PenstockApiException refused = await Assert.ThrowsAsync<PenstockApiException>(() => server.Proteins.GenerateEvaluationSetAsync(
            new GenerateEvaluationSetRequest(loaded.OlderSetId, otherSet), Cancel));
        Assert.Equal((HttpStatusCode.Conflict, "snapshot-mismatch"), (refused.Status, refused.Code));
    }

    private static async Task AssertRefusedAsync(ProteinServer server, byte[] fasta, HttpStatusCode status, string code)
    {
        IReadOnlyDictionary<string, long> before = await CountAsync(server);
        PenstockApiException refused = await Assert.ThrowsAsync<PenstockApiException>(
            () => server.Proteins.CreateQuerySetAsync("refused", null, new MemoryStream(fasta), Cancel));
        Assert.Equal((status, code), (refused.Status, refused.Code));
        Assert.Equal(before, await CountAsync(server));
    }

    private static async Task<string?> LoadOntologyAsync(ProteinServer server, string source) =>
        await ErrorAsync(server, await server.Proteins.LoadOntologyAsync(new LoadOntologyRequest(source), Cancel));

    private static async Task<string?> LoadGafAsync(ProteinServer server, Guid snapshotId, string source) =>
        await ErrorAsync(server, await server.Proteins.LoadGoaAsync(new LoadGoaRequest(snapshotId, source, "wrong"), Cancel));

    private static async Task<string?> InsertAsync(ProteinServer server, string source) =>
        await ErrorAsync(server, await server.Proteins.InsertProteinsAsync(new InsertProteinsRequest(FastaUrl: source), Cancel));

    private static async Task<string?> ErrorAsync(ProteinServer server, QueuedJob queued)
    {
        JobDetail job = await server.EndAsync(queued.Id);
        Assert.Equal("failed", job.Status);
        return job.ErrorCode;
    }

    private static string Write(string folder, string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A gzip file that ends in the middle.</summary>
    private static string Cut(string path, string text)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        File.WriteAllBytes(path, packed.ToArray()[..(int)(packed.Length / 2)]);
        return path;
    }

    private static async Task<IReadOnlyDictionary<string, long>> CountAsync(ProteinServer server)
    {
        Dictionary<string, long> counts = [];
        foreach (string table in Tables)
        {
            counts[table] = await server.Server.Services.GetRequiredService<SqlDatabase>().ReadAsync(
                async (session, token) =>
                {
                    using SqlStatement statement = session.Statement($"select count(*) from {table}");
                    return await statement.ScalarAsync<long>(token);
                },
                Cancel);
        }
        return counts;
    }
}

using System.Text;
using System.Text.Json;
using Penstock.Client;
using Penstock.Client.Errors;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Penstock.EndToEnd.Processes;
using Penstock.EndToEnd.Samples;
using Xunit;

namespace Penstock.EndToEnd;

/// <summary>Wrong input, over HTTP and through the program: its documented code, nothing stored, and a server as well as before.</summary>
public sealed class BadInputTests(BadInputTests.LoadedServer loaded) : IClassFixture<BadInputTests.LoadedServer>
{
    private const string Nobody = "01939f8e-0000-7000-8000-000000000000";
    private const int SixtyMebibytes = 60 << 20;

    private static readonly Dictionary<string, Func<byte[]>> Uploads = new()
    {
        ["fasta-duplicate-accession"] = () => Encoding.ASCII.GetBytes(InputFiles.FastaWithDuplicates),
        ["fasta-not-utf8"] = () => InputFiles.FastaNotUtf8,
        ["fasta-too-large"] = () => InputFiles.FastaOf(SixtyMebibytes),
        ["fasta-empty"] = () => Encoding.ASCII.GetBytes(InputFiles.NotFasta),
        ["gzip-truncated"] = () => InputFiles.Truncated(LoadedServer.Sample.QueryFasta),
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ServerProcess Server => loaded.Server;

    [Theory]
    [InlineData("/query-sets", "fasta-duplicate-accession", 422)]
    [InlineData("/query-sets", "fasta-not-utf8", 422)]
    [InlineData("/query-sets", "fasta-too-large", 413)]
    [InlineData("/query-sets", "fasta-empty", 422)]
    [InlineData("/query-sets", "gzip-truncated", 422)]
    [InlineData("/annotate", "fasta-duplicate-accession", 422)]
    [InlineData("/annotate", "fasta-too-large", 413)]
    [InlineData("/annotate", "gzip-truncated", 422)]
    public async Task A_wrong_FASTA_is_refused_and_nothing_of_it_is_stored(string path, string code, int status)
    {
        await using Unchanged unchanged = await UnchangedAsync();
        using MultipartFormDataContent form = new() { { new StringContent("bad"), "name" }, { new ByteArrayContent(Uploads[code]()), "file", "bad.fasta" } };
        await RefusedAsync(HttpMethod.Post, path, form, status, code);
    }

    [Theory]
    [InlineData("POST", "/jobs", """{"operation":"no_such_operation"}""", 422, "operation-unknown")]
    [InlineData("POST", "/jobs", """{"operation":"ping","queue_name":"protea.nowhere"}""", 422, "queue-unknown")]
    [InlineData("POST", "/jobs", """{"operation":"ping","priority":"5"}""", 400, "body-malformed")]
    [InlineData("POST", "/jobs", """{"operation":["ping"]}""", 400, "body-malformed")]
    [InlineData("POST", "/jobs", """{"operation":"ping","payload":[]}""", 422, "job-invalid")]
    [InlineData("POST", "/embeddings/predict", """{"embedding_config_id":"7","annotation_set_id":"8","ontology_snapshot_id":"9"}""", 400, "body-malformed")]
    [InlineData("POST", "/embeddings/predict", """{"embedding_config_id":"{nobody}","annotation_set_id":"{nobody}","ontology_snapshot_id":"{nobody}"}""", 404, "embedding-config-not-found")]
    [InlineData("POST", "/embeddings/compute", """{"embedding_config_id":"{nobody}"}""", 404, "embedding-config-not-found")]
    [InlineData("POST", "/annotations/sets/load-goa", """{"ontology_snapshot_id":"{nobody}","gaf_url":"/x.gaf","source_version":"1"}""", 404, "ontology-snapshot-not-found")]
    [InlineData("POST", "/annotations/snapshots/load", """{"obo_url":"go.obo"}""", 422, "source-invalid")]
    [InlineData("GET", "/jobs/{nobody}", null, 404, "job-not-found")]
    [InlineData("POST", "/jobs", """{"operation":"compute_embeddings","payload":{"embedding_config_id":7}}""", 422, "payload-invalid")]
    [InlineData("POST", "/jobs", """{"operation":"compute_embeddings","payload":{}}""", 422, "payload-invalid")]
    [InlineData("POST", "/jobs", """{"operation":"load_ontology_snapshot","payload":{"obo_url":"/x.obo","timeout_seconds":"5"}}""", 422, "payload-invalid")]
    [InlineData("GET", "/jobs/seven", null, 400, "parameter-malformed")]
    [InlineData("GET", "/proteins/NOBODY", null, 404, "protein-not-found")]
    [InlineData("GET", "/query-sets/{nobody}", null, 404, "query-set-not-found")]
    [InlineData("GET", "/annotations/sets/{nobody}", null, 404, "annotation-set-not-found")]
    [InlineData("GET", "/annotations/snapshots/{nobody}", null, 404, "ontology-snapshot-not-found")]
    [InlineData("GET", "/annotations/evaluation-sets/{nobody}", null, 404, "evaluation-set-not-found")]
    [InlineData("GET", "/embeddings/prediction-sets/{nobody}/predictions.tsv", null, 404, "prediction-set-not-found")]
    [InlineData("DELETE", "/query-sets/{nobody}", null, 404, "query-set-not-found")]
    [InlineData("GET", "/jobs?limit=-1", null, 400, "parameter-out-of-range")]
    [InlineData("GET", "/jobs?offset=-1", null, 400, "parameter-out-of-range")]
    [InlineData("GET", "/proteins?limit=-1", null, 400, "parameter-out-of-range")]
    [InlineData("GET", "/proteins?offset=-1", null, 400, "parameter-out-of-range")]
    [InlineData("GET", "/proteins?offset=99999999999999999999", null, 400, "parameter-malformed")]
    [InlineData("GET", "/proteins?reviewed=maybe", null, 400, "parameter-malformed")]
    [InlineData("GET", "/embeddings/prediction-sets/seven/predictions.tsv", null, 400, "parameter-malformed")]
    [InlineData("GET", "/audit?limit=many", null, 400, "parameter-malformed")]
    [InlineData("GET", "/dead-letters?offset=-1", null, 400, "parameter-out-of-range")]
    public async Task A_wrong_request_is_refused_and_changes_nothing(string method, string path, string? body, int status, string code)
    {
        await using Unchanged unchanged = await UnchangedAsync();
        using StringContent? content = body is null ? null : new StringContent(Named(body), Encoding.UTF8, "application/json");
        await RefusedAsync(new HttpMethod(method), Named(path), content, status, code);
    }

    [Theory]
    [InlineData("load_ontology_snapshot", "obo_url", "no-version.obo", "obo-version-missing")]
    [InlineData("load_ontology_snapshot", "obo_url", "cut.obo.gz", "obo-unreadable")]
    [InlineData("load_ontology_snapshot", "obo_url", "absent.obo", "source-not-found")]
    [InlineData("load_goa_annotations", "gaf_url", "cut.gaf.gz", "gzip-truncated")]
    [InlineData("insert_proteins", "fasta_url", "cut.fasta.gz", "gzip-truncated")]
    public async Task A_load_of_a_broken_file_fails_with_its_code_and_stores_nothing(string operation, string field, string file, string code)
    {
        await using Unchanged unchanged = await UnchangedAsync();
        Dictionary<string, object> payload = new() { [field] = Path.Combine(loaded.Folder, file) };
        if (operation == "load_goa_annotations")
            (payload["ontology_snapshot_id"], payload["source_version"]) = (loaded.Loaded.SnapshotId, code);
        await FailsAsync(operation, JsonSerializer.SerializeToElement(payload), code);
    }

    [Theory]
    [InlineData("load_ontology_snapshot", """{"obo_url":"  "}""", "payload-invalid")]
    [InlineData("compute_embeddings", """{"embedding_config_id":"01939f8e-0000-7000-8000-000000000000"}""", "embedding-config-not-found")]
    public async Task A_job_with_a_wrong_payload_fails_with_its_code_before_it_writes(string operation, string payload, string code)
    {
        await using Unchanged unchanged = await UnchangedAsync();
        await FailsAsync(operation, JsonSerializer.Deserialize<JsonElement>(payload), code);
    }

    [Fact]
    public async Task Short_lines_of_a_GAF_file_are_counted_and_the_others_load()
    {
        string gaf = InputFiles.Path("short-lines.gaf", LoadedServer.Sample.Gaf + "UniProtKB\tR00001\tg1\n\nUniProtKB\n");
        QueuedJob queued = await Server.Proteins.LoadGoaAsync(new LoadGoaRequest(loaded.Loaded.SnapshotId, gaf, "short lines"), Cancel);
        JobDetail job = await LoadedWorkspace.SucceedAsync(Server, queued, Cancel);
        JsonElement result = job.Result!.Value;
        Assert.Equal(2, result.GetProperty("skipped_by_reason").GetProperty("short_line").GetInt32());
        AnnotationSet first = await Server.Proteins.AnnotationSetAsync(loaded.Loaded.AnnotationSetId, Cancel);
        Assert.Equal(first.AnnotationCount, result.GetProperty("annotations_inserted").GetInt64());
    }

    [Theory]
    [InlineData(2, "operation-unknown", "jobs", "enqueue", "no_such_operation")]
    [InlineData(2, "queue-unknown", "jobs", "enqueue", "ping", "--queue", "protea.nowhere")]
    [InlineData(2, "payload-invalid", "jobs", "enqueue", "compute_embeddings", "embedding_config_id=7", "--watch")]
    [InlineData(2, "job-not-found", "jobs", "show", Nobody)]
    [InlineData(2, "parameter-out-of-range", "jobs", "list", "--limit", "-1")]
    [InlineData(2, "file-not-found", "proteins", "query-sets", "create", "absent.fasta")]
    [InlineData(2, "fasta-duplicate-accession", "proteins", "query-sets", "create", "duplicates.fasta")]
    [InlineData(2, "fasta-not-utf8", "proteins", "query-sets", "create", "not-utf8.fasta")]
    [InlineData(2, "fasta-too-large", "proteins", "query-sets", "create", "large.fasta")]
    [InlineData(2, "gzip-truncated", "proteins", "annotate", "cut.fasta.gz")]
    [InlineData(2, "protein-not-found", "proteins", "show", "NOBODY")]
    [InlineData(1, "obo-version-missing", "proteins", "load-ontology", "no-version.obo", "--watch")]
    [InlineData(1, "obo-unreadable", "proteins", "load-ontology", "cut.obo.gz", "--watch")]
    [InlineData(1, "gzip-truncated", "proteins", "load-goa", "cut.gaf.gz", "--source-version", "cut", "--watch")]
    [InlineData(64, "usage", "jobs", "enqueue", "ping", "--priority", "high")]
    [InlineData(64, "usage", "no-such-command")]
    public async Task A_wrong_command_says_its_code_and_changes_nothing(int exitCode, string code, params string[] arguments)
    {
        await using Unchanged unchanged = await UnchangedAsync();
        CommandResult result = await CommandResult.RunAsync(loaded.Folder, Cancel, ["--workspace", Server.Workspace, .. arguments]);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.Contains($"error[{code}]: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    private async Task FailsAsync(string operation, JsonElement payload, string code)
    {
        QueuedJob queued = await Server.Client.EnqueueAsync(new JobRequest(operation) { Payload = payload, MaxAttempts = 1 }, Cancel);
        JobDetail job = await Server.Client.WaitForJobAsync(queued.Id, null, Cancel);
        Assert.Equal(("failed", code), (job.Status, job.ErrorCode));
        Assert.False(string.IsNullOrWhiteSpace(job.ErrorMessage));
    }

    private async Task RefusedAsync(HttpMethod method, string path, HttpContent? content, int status, string code)
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
        using HttpResponseMessage response = await Server.Client.Http.SendAsync(request, Cancel);
        string body = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.Content.Headers.ContentType?.MediaType == "application/problem+json", $"{(int)response.StatusCode} {body}");
        ProblemView problem = JsonSerializer.Deserialize<ProblemView>(body, PenstockJson.Options)!;
        Assert.Equal((status, status, code), ((int)response.StatusCode, problem.Status, problem.Code));
        Assert.False(string.IsNullOrWhiteSpace(problem.Detail));
    }

    private static string Named(string text) => text.Replace("{nobody}", Nobody, StringComparison.Ordinal);

    private async Task<Unchanged> UnchangedAsync() => await Unchanged.SinceAsync(Server);

    /// <summary>Checks at its end that no row came or went, and that the server is as well as before.</summary>
    private sealed class Unchanged(ServerProcess server, SortedDictionary<string, long> before) : IAsyncDisposable
    {
        /// <summary>What a refused request or a failed job leaves on purpose: its own trace.</summary>
        private static readonly string[] Traces = ["job", "job_event", "dead_letter", "audit_log", "ready", "claim", "deferred"];

        public static async Task<Unchanged> SinceAsync(ServerProcess server)
        {
            Assert.Equal("ok", (await server.Client.HealthAsync(Cancel)).Status);
            return new Unchanged(server, new StoredState(server.Workspace).RowCounts(Traces));
        }

        public async ValueTask DisposeAsync()
        {
            Assert.Equal(before, new StoredState(server.Workspace).RowCounts(Traces));
            Assert.Equal("ready", (await server.Client.ReadinessAsync(Cancel)).Status);
            Assert.DoesNotContain("internal-error", server.Errors, StringComparison.Ordinal);
        }
    }

    /// <summary>One server with the sample for all tests here, and the wrong files beside it.</summary>
    public sealed class LoadedServer : IAsyncLifetime
    {
        internal static ProteinSample Sample { get; } = new(seed: 7, families: 4, references: 20, queries: 200);

        internal ServerProcess Server { get; private set; } = null!;
        internal LoadedWorkspace Loaded { get; private set; } = null!;
        internal string Folder { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Server = await ServerProcess.StartAsync(await ServerProcess.NewWorkspaceAsync(Cancel), Cancel);
            Loaded = await LoadedWorkspace.LoadAsync(Server, Sample, Cancel);
            InputFiles.Path("duplicates.fasta", InputFiles.FastaWithDuplicates);
            InputFiles.Path("not-utf8.fasta", InputFiles.FastaNotUtf8);
            InputFiles.Path("large.fasta", InputFiles.FastaOf(SixtyMebibytes));
            InputFiles.Path("cut.fasta.gz", InputFiles.Truncated(Sample.QueryFasta));
            InputFiles.Path("cut.obo.gz", InputFiles.Truncated(Sample.Obo));
            InputFiles.Path("cut.gaf.gz", InputFiles.Truncated(Sample.Gaf));
            Folder = Path.GetDirectoryName(InputFiles.Path("no-version.obo", InputFiles.OboWithoutVersion))!;
        }

        public async ValueTask DisposeAsync()
        {
            Assert.Equal(0, await Server.StopAsync(CancellationToken.None));
            await Server.DisposeAsync();
        }
    }
}

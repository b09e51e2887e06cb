using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Penstock.Cli;
using Penstock.Client.Artifacts;
using Penstock.Client.Errors;
using Penstock.Client.Jobs;
using Penstock.S3;
using Penstock.Server.Workspaces;
using Penstock.Testing.Servers;
using Penstock.Tests.Cli;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>A workspace whose artifacts are in a bucket of a real S3 server: over HTTP, in the settings, for the doctor.</summary>
public sealed class S3WorkspaceTests : IAsyncLifetime
{
    private S3Server _s3 = null!;
    private S3Options _bucket = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(S3Server.SkipReason is not null, S3Server.SkipReason ?? "");
        _s3 = await S3Server.GetAsync();
        _bucket = await _s3.NewBucketAsync("lab/");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_file_is_stored_listed_read_in_whole_and_in_part_as_in_a_folder()
    {
        await using ServerUnderTest server = await StartAsync();
        byte[] content = RandomNumberGenerator.GetBytes(300_000);
        using MemoryStream upload = new(content);
        ArtifactView stored = await server.Admin.UploadArtifactAsync("sets/a.bin", upload, "application/x-test", Cancel);

        Assert.Equal([stored], await server.Admin.ArtifactsAsync("sets/", null, 10, Cancel));
        using HttpClient http = server.Http(LocalToken.TryRead(server.Workspace));
        using HttpResponseMessage whole = await http.GetAsync("/artifacts/sets/a.bin", Cancel);
        Assert.Equal(content, await whole.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(
            (300_000L, "application/x-test", $"\"{stored.Sha256}\""),
            (whole.Content.Headers.ContentLength, whole.Content.Headers.ContentType?.MediaType, whole.Headers.ETag?.Tag));
        using HttpRequestMessage part = new(HttpMethod.Get, "/artifacts/sets/a.bin");
        part.Headers.Range = new RangeHeaderValue(100_000, 100_002);
        using HttpResponseMessage piece = await http.SendAsync(part, Cancel);
        Assert.Equal(HttpStatusCode.PartialContent, piece.StatusCode);
        Assert.Equal(content[100_000..100_003], await piece.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Who_asks_for_it_is_sent_to_the_S3_server_with_an_address_that_needs_no_token()
    {
        await using ServerUnderTest server = await StartAsync();
        using MemoryStream upload = new([1, 2, 3]);
        await server.Admin.UploadArtifactAsync("sets/a.bin", upload, "application/x-test", Cancel);

        using HttpClient http = server.Http(LocalToken.TryRead(server.Workspace));
        using HttpResponseMessage answer = await http.GetAsync("/artifacts/sets/a.bin?direct=true", Cancel);
        Assert.Equal((HttpStatusCode.Found, true), (answer.StatusCode, answer.Headers.CacheControl?.NoStore));
        Assert.Equal(_bucket.Endpoint.Authority, answer.Headers.Location?.Authority);
        using HttpClient anybody = new();
        Assert.Equal([1, 2, 3], await anybody.GetByteArrayAsync(answer.Headers.Location, Cancel));

        (int missing, ProblemView? problem, _) = await server.SendAsync(HttpMethod.Get, "/artifacts/sets/none?direct=true");
        Assert.Equal((404, "artifact-not-found"), (missing, problem?.Code));
    }

    [Fact]
    public async Task The_sweep_is_a_job_that_any_operator_can_start_or_schedule()
    {
        await using ServerUnderTest server = await StartAsync(runWorkers: true);

        Guid job = await server.EnqueueAsync("penstock.sweep_artifacts", """{"grace_hours": 48}""");
        JobDetail? ended = null;
        while (ended?.FinishedAt is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
            ended = await server.Admin.JobAsync(job, Cancel);
        }
        Assert.Equal(("succeeded", 0), (ended.Status, ended.Result!.Value.GetProperty("deleted").GetInt32()));
    }

    [Fact]
    public async Task The_doctor_stores_and_reads_an_object_and_names_what_is_wrong_and_no_secret_is_shown()
    {
        using CliUnderTest cli = new();
        File.WriteAllText(Path.Combine(cli.Folder, "s3-secret"), _bucket.SecretKey + "\n");
        await File.AppendAllTextAsync(Path.Combine(cli.Folder, "penstock.yaml"), $"""

            artifacts:
              kind: s3
              endpoint: {_bucket.Endpoint}
              bucket: {_bucket.Bucket}
              access_key_id: {_bucket.AccessKey}
              secret_key_file: s3-secret
              max_retries: 0
            """, Cancel);
        cli.Variables["PENSTOCK_SERVER__URLS"] = "http://127.0.0.1:0";
        CliAnswer right = await cli.RunAsync("doctor", "--json");
        Assert.Equal((ExitCodes.Ok, "ok"), (right.Exit, Finding(right).GetProperty("status").GetString()));
        Assert.Contains("read back", Finding(right).GetProperty("detail").GetString(), StringComparison.Ordinal);

        cli.Variables["PENSTOCK_ARTIFACTS__BUCKET"] = "no-such-bucket";
        await AssertFindingAsync("no bucket 'no-such-bucket'", "artifact-bucket-missing");
        cli.Variables["PENSTOCK_ARTIFACTS__BUCKET"] = _bucket.Bucket;
        cli.Variables["PENSTOCK_ARTIFACTS__ENDPOINT"] = "http://127.0.0.1:1";
        await AssertFindingAsync("could not serve a request", "artifact-store-unreachable");
        cli.Variables["PENSTOCK_ARTIFACTS__ENDPOINT"] = _bucket.Endpoint.ToString();
        File.WriteAllText(Path.Combine(cli.Folder, "s3-secret"), "a-wrong-one");
        await AssertFindingAsync("does not belong to the access key", "artifact-store-denied");

        async Task AssertFindingAsync(string detail, string code)
        {
            CliAnswer answer = await cli.RunAsync("doctor", "--json");
            JsonElement finding = Finding(answer);
            Assert.Equal((ExitCodes.Failed, "error"), (answer.Exit, finding.GetProperty("status").GetString()));
            Assert.Contains(detail, finding.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Contains(code, finding.GetProperty("advice").GetString(), StringComparison.Ordinal);
            Assert.DoesNotContain("a-wrong-one", answer.Out + answer.Error, StringComparison.Ordinal);
        }
    }

    private Task<ServerUnderTest> StartAsync(bool runWorkers = false) => ServerUnderTest.StartAsync(
        runWorkers: runWorkers,
        settings:
        [
            ("artifacts.kind", "s3"), ("artifacts.endpoint", _bucket.Endpoint.ToString()), ("artifacts.bucket", _bucket.Bucket),
            ("artifacts.prefix", _bucket.Prefix), ("artifacts.access_key_id", _bucket.AccessKey), ("artifacts.secret_key", _bucket.SecretKey),
        ]);

    private static JsonElement Finding(CliAnswer doctor) =>
        doctor.Json.GetProperty("findings").EnumerateArray().First(finding => finding.GetProperty("check").GetString() == "artifacts");
}

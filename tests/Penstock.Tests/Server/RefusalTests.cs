using System.Text;
using Penstock.Client.Errors;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>Every way a request can be wrong has a status and a code, and none of them is 500.</summary>
public sealed class RefusalTests(RefusalTests.SharedServer shared) : IClassFixture<RefusalTests.SharedServer>
{
    private static readonly Guid Nobody = new("01939f8e-0000-7000-8000-000000000000");

    [Theory]
    [InlineData("GET", "/jobs?limit=0", 400, "parameter-out-of-range")]
    [InlineData("GET", "/jobs?limit=501", 400, "parameter-out-of-range")]
    [InlineData("GET", "/jobs?offset=-1", 400, "parameter-out-of-range")]
    [InlineData("GET", "/jobs?limit=many", 400, "parameter-malformed")]
    [InlineData("GET", "/jobs?status=dead", 400, "status-unknown")]
    [InlineData("GET", "/jobs?parent_job_id=7", 400, "parameter-malformed")]
    [InlineData("GET", "/jobs?before=x", 400, "parameter-malformed")]
    [InlineData("GET", "/jobs?include_children=maybe", 400, "parameter-malformed")]
    [InlineData("GET", "/jobs/not-a-uuid", 400, "parameter-malformed")]
    [InlineData("GET", "/jobs/{nobody}", 404, "job-not-found")]
    [InlineData("GET", "/jobs/{nobody}/events", 404, "job-not-found")]
    [InlineData("GET", "/jobs/{nobody}/events?limit=2001", 400, "parameter-out-of-range")]
    [InlineData("POST", "/jobs/{nobody}/cancel", 404, "job-not-found")]
    [InlineData("POST", "/jobs/{nobody}/redrive", 404, "job-not-found")]
    [InlineData("DELETE", "/jobs/{nobody}", 404, "job-not-found")]
    [InlineData("GET", "/queues/nowhere", 404, "queue-not-found")]
    [InlineData("GET", "/dead-letters?status=lost", 400, "dead-letter-status-unknown")]
    [InlineData("GET", "/dead-letters?limit=-5", 400, "parameter-out-of-range")]
    [InlineData("GET", "/dead-letters/{nobody}", 404, "dead-letter-not-found")]
    [InlineData("POST", "/dead-letters/{nobody}/redrive", 404, "dead-letter-not-found")]
    [InlineData("GET", "/artifacts/nothing/here.txt", 404, "artifact-not-found")]
    [InlineData("GET", "/artifacts?limit=0", 400, "parameter-out-of-range")]
    [InlineData("GET", "/events?job_id={nobody}", 404, "job-not-found")]
    [InlineData("GET", "/events?after=-1", 400, "parameter-out-of-range")]
    [InlineData("DELETE", "/tokens/{nobody}", 404, "token-not-found")]
    [InlineData("DELETE", "/users/nobody", 404, "account-not-found")]
    [InlineData("GET", "/audit?limit=501", 400, "parameter-out-of-range")]
    [InlineData("GET", "/no/such/path", 404, "path-unknown")]
    [InlineData("DELETE", "/jobs", 405, "method-not-allowed")]
    [InlineData("POST", "/jobs", 400, "body-missing")]
    public async Task A_wrong_request_is_refused_with_its_code(string method, string path, int status, string code)
    {
        ServerUnderTest server = shared.Server;

        (int answered, ProblemView? problem, string body) =
            await server.SendAsync(new HttpMethod(method), path.Replace("{nobody}", $"{Nobody}", StringComparison.Ordinal));

        Assert.True(problem is not null, $"no problem details in {answered} {body}");
        Assert.True((status, code) == (answered, problem.Code), body);
        Assert.Equal(status, problem.Status);
        Assert.Equal($"urn:penstock:error:{code}", problem.Type);
        Assert.False(string.IsNullOrEmpty(problem.TraceId));
        Assert.EndsWith(".", problem.Detail.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"operation":"test.none"}""", 422, "operation-unknown")]
    [InlineData("""{"operation":"test.add","queue_name":"test.nowhere"}""", 422, "queue-unknown")]
    [InlineData("""{"operation":"test.add","payload":[1]}""", 422, "job-invalid")]
    [InlineData("""{"operation":"test.add","payload":"text"}""", 422, "job-invalid")]
    [InlineData("""{"operation":"test.add","meta":3}""", 422, "job-invalid")]
    [InlineData("""{"operation":"test.add","priority":1001}""", 422, "job-invalid")]
    [InlineData("""{"operation":"test.add","idempotency_key":" "}""", 422, "job-invalid")]
    [InlineData("""{"operation":"test.add","delay_seconds":-1}""", 422, "job-invalid")]
    [InlineData("""{"operation":"test.add","timeout_seconds":1e300}""", 422, "job-invalid")]
    [InlineData("""{"operation":"test.add","max_attempts":0}""", 422, "job-invalid")]
    [InlineData("""{"operation":"test.add","priority":"5"}""", 400, "body-malformed")]
    [InlineData("""{"operation":"test.add","run_at":"tomorrow"}""", 400, "body-malformed")]
    [InlineData("""{"operation":"test.add","parent_job_id":"7"}""", 400, "body-malformed")]
    [InlineData("""{"operation":7}""", 400, "body-malformed")]
    [InlineData("""{"operation":null}""", 400, "body-malformed")]
    [InlineData("""{"operation":"test.add","operation":"test.add"}""", 400, "body-malformed")]
    [InlineData("{}", 400, "body-malformed")]
    [InlineData("[]", 400, "body-malformed")]
    [InlineData("null", 400, "body-missing")]
    [InlineData("{", 400, "body-malformed")]
    [InlineData("operation=test.add", 400, "body-malformed")]
    public async Task A_wrong_job_is_refused_with_its_code_and_makes_nothing(string body, int status, string code)
    {
        ServerUnderTest server = shared.Server;

        (int answered, ProblemView? problem, string text) = await server.SendAsync(HttpMethod.Post, "/jobs", body);

        Assert.True(problem is not null, $"no problem details in {answered} {text}");
        Assert.Equal((status, code), (answered, problem.Code));
        Assert.Equal("[]", (await server.SendAsync(HttpMethod.Get, "/jobs")).Body);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData(null)]
    public async Task A_JSON_body_is_read_whatever_its_content_type_says(string? mediaType)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);

        (int status, _, string body) = await server.SendAsync(HttpMethod.Post, "/jobs", """{"operation":"test.wait"}""", mediaType);

        Assert.True(status == 201, body);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_before_it_is_read()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(
            runWorkers: false, sockets: true, settings: [("server.max_body_bytes", "4096")]);
        string large = "{\"operation\":\"test.wait\",\"meta\":{\"note\":\"" + new string('x', 5_000) + "\"}}";

        (int status, ProblemView? problem, _) = await server.SendAsync(HttpMethod.Post, "/jobs", large);
        Assert.Equal((413, "body-too-large"), (status, problem?.Code));

        (int upload, ProblemView? refused, _) = await server.SendAsync(HttpMethod.Put, "/artifacts/large.txt", large, "text/plain");
        Assert.Equal((413, "body-too-large"), (upload, refused?.Code));
        Assert.Equal("[]", (await server.SendAsync(HttpMethod.Get, "/artifacts")).Body);
    }

    [Fact]
    public async Task An_unforeseen_failure_tells_its_trace_id_and_nothing_of_its_inside()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        // Half a pointer file: nothing of the product leaves one, so nothing foresees it.
        string names = Path.Combine(server.Workspace.ArtifactFolder, "names");
        Directory.CreateDirectory(names);
        File.WriteAllText(Path.Combine(names, "broken.json"), "{");

        (int status, ProblemView? problem, string body) = await server.SendAsync(HttpMethod.Get, "/artifacts/broken");

        Assert.Equal((500, "internal-error"), (status, problem?.Code));
        Assert.DoesNotContain("JsonException", body, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_carry_headers_that_keep_browsers_from_guessing()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        using HttpClient http = server.Http();
        foreach (string path in (string[])["/health", "/no/such/path"])
        {
            using HttpResponseMessage response = await http.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
        }
    }

    /// <summary>One server for the requests that change nothing.</summary>
    public sealed class SharedServer : IAsyncLifetime
    {
        internal ServerUnderTest Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await ServerUnderTest.StartAsync(runWorkers: false);

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Penstock.Client.DeadLetters;
using Penstock.Client.Jobs;
using Penstock.Engine;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>No view shows a secret: every address that can be read is read, and the log with it.</summary>
public sealed class MaskingTests
{
    private const string Secret = "hunter2-do-not-show";
    private const string Payload = $$"""{"password":"{{Secret}}","login":{"accessToken":"{{Secret}}"},"patient":"{{Secret}}","note":"token={{Secret}} end"}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("test.leaky")]
    [InlineData("test.sealed")]
    public async Task No_address_of_the_api_and_no_log_shows_a_secret_of_a_job(string operation)
    {
        await using ServerUnderTest server = await StartAsync();
        Guid failed = await EnqueueAsync(server, operation, fails: true);
        Guid done = await EnqueueAsync(server, operation, fails: false);
        Assert.Equal("failed", (await server.Admin.WaitForJobAsync(failed, _ => { }, Cancel)).Status);
        Assert.Equal("succeeded", (await server.Admin.WaitForJobAsync(done, _ => { }, Cancel)).Status);
        DeadLetterView letter = (await server.Admin.DeadLettersAsync(new DeadLetterQuery(), Cancel)).Single();

        int read = 0;
        foreach (string path in await AddressesAsync(server))
        {
            foreach (Guid id in (Guid[])[failed, done])
            {
                (int status, _, string body) = await server.SendAsync(HttpMethod.Get, path
                    .Replace("{jobId}", $"{id}", StringComparison.Ordinal).Replace("{deadLetterId}", $"{letter.Id}", StringComparison.Ordinal));
                Assert.False(body.Contains(Secret, StringComparison.Ordinal), $"{path}: {body}");
                read += status == 200 ? 1 : 0;
            }
        }
        Assert.True(read > 20, $"Only {read} addresses answered.");
        Assert.Contains("***", (await server.SendAsync(HttpMethod.Get, $"/jobs/{failed}")).Body, StringComparison.Ordinal);
        foreach (string file in Directory.GetFiles(server.Workspace.LogFolder))
            Assert.DoesNotContain(Secret, await ReadAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_is_shown_with_stars_and_run_with_the_real_values()
    {
        await using ServerUnderTest server = await StartAsync();
        Guid id = await EnqueueAsync(server, "test.leaky", fails: false);
        JobDetail job = await server.Admin.WaitForJobAsync(id, _ => { }, Cancel);
        Assert.Equal(
            """{"password":"***","login":{"accessToken":"***"},"patient":"***","note":"token=*** end","fails":false}""",
            JsonSerializer.Serialize(job.Payload));
        Assert.Equal(Secret.Length, job.Result!.Value.GetProperty("length").GetInt32());
        Assert.Equal("***", job.Meta!.Value.GetProperty("api_key").GetString());
    }

    [Fact]
    public async Task Live_events_are_masked_too()
    {
        await using ServerUnderTest server = await StartAsync();
        Guid id = await EnqueueAsync(server, "test.leaky", fails: false);
        await server.Admin.WaitForJobAsync(id, _ => { }, Cancel);
        using HttpClient http = server.Http(Penstock.Server.Workspaces.LocalToken.TryRead(server.Workspace));
        using StreamReader stream = new(await http.GetStreamAsync($"/events?job_id={id}&after=0", Cancel));
        List<string> lines = [];
        while (await stream.ReadLineAsync(Cancel) is { } line && !line.Contains("job.succeeded", StringComparison.Ordinal))
            lines.Add(line);
        Assert.Contains(lines, line => line.Contains("\"fields\":{\"password\":\"***\"}", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_encrypted_job_shows_that_it_is_and_nothing_else()
    {
        await using ServerUnderTest server = await StartAsync();
        JobDetail job = await server.Admin.WaitForJobAsync(await EnqueueAsync(server, "test.sealed", fails: false), _ => { }, Cancel);
        Assert.Equal("""{"$encrypted":true}""", JsonSerializer.Serialize(job.Payload));
        Assert.Equal("""{"$encrypted":true}""", JsonSerializer.Serialize(job.Result!.Value));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(server.Workspace.PayloadKeyFile));
    }

    [Theory]
    [InlineData("test.leaky")]
    [InlineData("test.sealed")]
    public async Task An_edited_dead_letter_keeps_what_was_masked_and_stays_encrypted(string operation)
    {
        await using ServerUnderTest server = await StartAsync();
        Guid id = await EnqueueAsync(server, operation, fails: true);
        await server.Admin.WaitForJobAsync(id, _ => { }, Cancel);
        DeadLetterView letter = (await server.Admin.DeadLettersAsync(new DeadLetterQuery(), Cancel)).Single();
        foreach (string wrong in (string[])["""{"payload":{"$encrypted":true}}""", """{"payload":{"secret_key":"***"}}"""])
            Assert.Equal("review-invalid", (await server.SendAsync(HttpMethod.Put, $"/dead-letters/{letter.Id}/payload", wrong)).Problem!.Code);

        JsonNode edited = JsonNode.Parse(Payload.Replace(Secret, "***", StringComparison.Ordinal))!;
        edited["fails"] = false;
        await server.Admin.EditDeadLetterAsync(letter.Id, new DeadLetterEditRequest { Payload = JsonSerializer.SerializeToElement(edited) }, Cancel);
        await server.Admin.RedriveDeadLetterAsync(letter.Id, Cancel);
        JobDetail job = await server.Admin.WaitForJobAsync(id, _ => { }, Cancel);
        Assert.Equal("succeeded", job.Status);
        Assert.Equal(Secret.Length, Leaky.LastLength);
        Assert.Equal(operation == "test.sealed", JsonSerializer.Serialize(job.Payload).Contains("$encrypted", StringComparison.Ordinal));
    }

    private static Task<ServerUnderTest> StartAsync() => ServerUnderTest.StartAsync(services: services => new PenstockBuilder(services)
        .AddOperation<Leaky>("test.leaky", "test.quick", "Tells all it knows.", RetryPolicy.Never, secrecy: new OperationSecrecy { MaskedFields = ["patient"] })
        .AddOperation<Leaky>("test.sealed", "test.quick", "The same, encrypted.", RetryPolicy.Never, secrecy: new OperationSecrecy(EncryptsPayload: true)));

    private static async Task<Guid> EnqueueAsync(ServerUnderTest server, string operation, bool fails)
    {
        JsonNode payload = JsonNode.Parse(Payload)!;
        payload["fails"] = fails;
        return (await server.Admin.EnqueueAsync(
            new JobRequest(operation)
            {
                Payload = JsonSerializer.SerializeToElement(payload),
                Meta = JsonSerializer.SerializeToElement(new { api_key = Secret, ticket = 7 }),
            },
            Cancel)).Id;
    }

    /// <summary>Everything that GET can name with a job or a dead letter, or with nothing.</summary>
    private static async Task<List<string>> AddressesAsync(ServerUnderTest server)
    {
        JsonNode document = JsonNode.Parse((await server.SendAsync(HttpMethod.Get, "/openapi/v1.json")).Body)!;
        return [.. document["paths"]!.AsObject().Where(path => path.Value!["get"] is not null).Select(path => path.Key)
            .Where(path => !path.Replace("{jobId}", "", StringComparison.Ordinal).Replace("{deadLetterId}", "", StringComparison.Ordinal).Contains('{', StringComparison.Ordinal))
            .Where(path => path != "/events")];
    }

    private static async Task<string> ReadAsync(string file)
    {
        using StreamReader reader = new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return await reader.ReadToEndAsync(Cancel);
    }

    private sealed class Leaky : Operation<Leaky.Payload, Leaky.Result>
    {
        public static int LastLength;

        public sealed record Payload(string Password, JsonElement Login, string Patient, string Note, bool Fails)
        {
            [System.Text.Json.Serialization.JsonPropertyName("secret_key")]
            public string? SecretKey { get; init; }
        }

        public sealed record Result(int Length, string Token, string Patient);

        public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            LastLength = payload.Password.Length;
            await job.EmitAsync("leaky.told", new { payload.Password }, cancellationToken, $"used password={payload.Password}");
            if (payload.Fails)
                throw new TimeoutException($"Login failed: password={payload.Password} --token {payload.Password}", new IOException($"Authorization: Bearer {payload.Password}"));
            return new Result(payload.Password.Length, payload.Password, payload.Password);
        }
    }
}

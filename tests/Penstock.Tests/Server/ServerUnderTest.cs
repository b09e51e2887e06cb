using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Client;
using Penstock.Client.Errors;
using Penstock.Client.Jobs;
using Penstock.Client.Security;
using Penstock.Engine;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Ops.Security;
using Penstock.Server;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;
using Penstock.Sqlite;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>The whole server over a workspace of its own: real store, real worker, requests in memory.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private readonly string _folder;
    private readonly WebApplication _app;

    private ServerUnderTest(string folder, Workspace workspace, WebApplication app)
    {
        _folder = folder;
        Workspace = workspace;
        _app = app;
        Admin = ClientOf(LocalToken.TryRead(workspace));
    }

    public Workspace Workspace { get; }
    public IServiceProvider Services => _app.Services;

    /// <summary>The listening address, where the server was started on a socket.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>With the workspace's own token.</summary>
    public PenstockClient Admin { get; }

    /// <param name="sockets">Listen on a free port of loopback instead of in memory.</param>
    public static async Task<ServerUnderTest> StartAsync(
        bool runWorkers = true, bool sockets = false, TimeProvider? time = null, Action<IServiceCollection>? services = null,
        params IReadOnlyList<(string Key, string Value)> settings)
    {
        string folder = Directory.CreateTempSubdirectory("penstock-test-").FullName;
        Workspace workspace = Workspace.Create(folder, ["proteins"]);
        EffectiveConfiguration configuration = EffectiveConfiguration.Load(
            workspace, new Dictionary<string, string>(), [new ConfigArgument("worker.drain_seconds", "0", "--set"), .. settings.Select(s => new ConfigArgument(s.Key, s.Value, "--set"))]);
        WebApplication app = PenstockHost.Build(workspace, new HostOptions
        {
            Configuration = configuration,
            RunWorkers = runWorkers,
            LogToConsole = false,
            Urls = ["http://127.0.0.1:0"],
            Configure = builder =>
            {
                if (!sockets)
                    builder.WebHost.UseTestServer();
                if (time is not null)
                    builder.Services.AddSingleton(time);
                // A thousandth of the work: what is tested here is not how slow a hash is.
                builder.Services.Configure<SecurityOptions>(security => security.PasswordIterations = 1_000);
                // No test here cuts the power; waiting for the disk is the store's own tests' business.
                builder.Services.AddSingleton(new SqliteOptions(workspace.DatabaseFile) { FullDurability = false });
                AddOperations(new PenstockBuilder(builder.Services));
                services?.Invoke(builder.Services);
            },
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ServerUnderTest(folder, workspace, app);
    }

    public HttpClient Http(string? token = null)
    {
        HttpClient http = _app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>() is TestServer
            ? _app.GetTestClient()
            : new HttpClient { BaseAddress = Address };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    public PenstockClient ClientOf(string? token) => new(Http(token));

    /// <summary>A client with a fresh token of a role.</summary>
    public async Task<PenstockClient> AsAsync(string role) =>
        ClientOf((await Admin.IssueTokenAsync(new NewTokenRequest($"test {role}", role), TestContext.Current.CancellationToken)).Secret);

    public async Task<Guid> EnqueueAsync(string operation, string payload = "{}") =>
        (await Admin.EnqueueAsync(
            new JobRequest(operation) { Payload = JsonSerializer.Deserialize<JsonElement>(payload) }, TestContext.Current.CancellationToken)).Id;

    /// <summary>A raw request with the workspace's token, for what the typed client cannot say.</summary>
    public async Task<(int Status, ProblemView? Problem, string Body)> SendAsync(
        HttpMethod method, string path, string? body = null, string? mediaType = "application/json", Action<HttpRequestMessage>? change = null)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);
        }
        change?.Invoke(request);
        using HttpClient http = Http(LocalToken.TryRead(Workspace));
        using HttpResponseMessage response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ProblemView? problem = response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? JsonSerializer.Deserialize<ProblemView>(text, PenstockJson.Options)
            : null;
        return ((int)response.StatusCode, problem, text);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static void AddOperations(PenstockBuilder engine) => engine
        .AddOperation<Add>("test.add", "test.quick", "Adds two numbers.")
        .AddOperation<Fail>("test.fail", "test.quick", "Fails.", RetryPolicy.Never)
        .AddOperation<Lookup>("test.lookup", "test.quick", "Fails for what is nowhere.", RetryPolicy.Never)
        .AddOperation<Ask>("test.ask", "test.quick", "Waits to be approved.")
        .AddOperation<Wait>("test.wait", "test.slow", "Runs until it is cancelled.");

    internal sealed class Add : Operation<Add.Payload, Add.Result>
    {
        public sealed record Payload(int A, int B);
        public sealed record Result(int Sum);

        public override Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) =>
            Task.FromResult(new Result(payload.A + payload.B));
    }

    internal sealed class Fail : Operation<Fail.Payload, Fail.Payload>
    {
        public sealed record Payload;

        public override Task<Payload> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) =>
            throw new TimeoutException("The source did not answer.");
    }

    internal sealed class Lookup : Operation<Lookup.Payload, Lookup.Payload>
    {
        public sealed record Payload(string Name);

        public override Task<Payload> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) =>
            payload.Name == "nowhere" ? throw new TimeoutException($"{payload.Name} did not answer.") : Task.FromResult(payload);
    }

    internal sealed class Ask : Operation<Ask.Payload, string>
    {
        public sealed record Payload(int Size);

        public override async Task<string> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            await job.StepAsync("extract", _ => Task.FromResult(new string('x', payload.Size)), cancellationToken);
            return await job.WaitForSignalAsync<string>(job.OwnSignal("approved"), TimeSpan.FromHours(1), cancellationToken);
        }
    }

    internal sealed class Wait : Operation<Wait.Payload, Wait.Payload>
    {
        public sealed record Payload;

        public override async Task<Payload> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, job.Time, cancellationToken);
            return payload;
        }
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Cli;
using Penstock.Engine;
using Penstock.Engine.Outcomes;
using Penstock.Ops.Security;
using Penstock.Tests.Server;
using Penstock.Tests.Server.Workspaces;

namespace Penstock.Tests.Cli;

/// <summary>Runs the whole program in this process: real workspace, real server, captured output.</summary>
internal sealed class CliUnderTest : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopNow = new();

    private CapturedText _lastError = new();

    /// <param name="init">Whether the working folder is a workspace.</param>
    public CliUnderTest(bool init = true)
    {
        if (init)
            Penstock.Server.Workspaces.Workspace.Create(_folder.Path, ["proteins"]);
    }

    public string Folder => _folder.Path;
    public Dictionary<string, string> Variables { get; } = [];
    public int Width { get; set; } = 80;
    public bool OutIsTerminal { get; set; }
    public string Input { get; set; } = "";

    /// <summary>What the command that runs has written to stderr so far.</summary>
    public string ErrorSoFar => _lastError.ToString();

    /// <summary>The first signal.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>The second one.</summary>
    public void StopNow() => _stopNow.Cancel();

    public async Task<CliAnswer> RunAsync(params string[] arguments)
    {
        CapturedText output = new();
        CapturedText error = _lastError = new CapturedText();
        MemoryStream bytes = new();
        CliEnvironment environment = Environment() with
        {
            Out = output,
            Error = error,
            OpenOut = () => bytes,
        };
        int exit = await new CliApplication(environment).RunAsync(arguments);
        return new CliAnswer(exit, output.ToString(), error.ToString(), bytes.ToArray());
    }

    public CliEnvironment Environment() => new()
    {
        In = new StringReader(Input),
        Out = TextWriter.Null,
        Error = TextWriter.Null,
        OpenOut = () => Stream.Null,
        ReadSecret = () => "",
        OutIsTerminal = OutIsTerminal,
        ErrorIsTerminal = false,
        InIsTerminal = false,
        Width = Width,
        WorkingFolder = _folder.Path,
        Variables = Variables,
        Time = TimeProvider.System,
        Stop = _stop.Token,
        StopNow = _stopNow.Token,
        ConfigureHost = Configure,
    };

    public void Dispose()
    {
        _stop.Dispose();
        _stopNow.Dispose();
        _folder.Dispose();
    }

    private static void Configure(WebApplicationBuilder builder)
    {
        builder.Services.Configure<SecurityOptions>(security => security.PasswordIterations = 1_000);
        new PenstockBuilder(builder.Services)
            .AddOperation<ServerUnderTest.Add>("test.add", "test.quick", "Adds two numbers.")
            .AddOperation<ServerUnderTest.Fail>("test.fail", "test.quick", "Fails.", RetryPolicy.Never)
            .AddOperation<ServerUnderTest.Lookup>("test.lookup", "test.quick", "Fails for what is nowhere.", RetryPolicy.Never)
            .AddOperation<ServerUnderTest.Wait>("test.wait", "test.slow", "Runs until it is cancelled.");
    }
}

internal sealed record CliAnswer(int Exit, string Out, string Error, byte[] Bytes)
{
    /// <summary>Stdout must be one JSON value.</summary>
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Out);

    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Penstock.Client;
using Penstock.Client.Proteins;
using Penstock.Testing;
using Xunit;

namespace Penstock.EndToEnd.Processes;

/// <summary><c>penstock up</c> as a process of its own, on a free port of loopback, over a workspace of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int Sigterm = 15;
    private const int ErrorLinesShown = 40;
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();

    private ServerProcess(Process process, string workspace) => (_process, Workspace) = (process, workspace);

    public string Workspace { get; }
    public Uri Address { get; private set; } = null!;
    public PenstockClient Client { get; private set; } = null!;
    public ProteinsClient Proteins => new(Client);

    /// <summary>From the start of the process until it answered.</summary>
    public TimeSpan StartTook { get; private set; }

    public int ProcessId => _process.Id;
    public string Token => File.ReadAllText(Path.Combine(Workspace, "run", "token")).Trim();
    public string FirstPassword => File.ReadAllText(Path.Combine(Workspace, "run", "first-password")).Trim();

    /// <summary>What the process wrote to stderr so far.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <summary>Makes a workspace in a new folder.</summary>
    public static async Task<string> NewWorkspaceAsync(CancellationToken cancellationToken)
    {
        string folder = Path.Combine(TestFolder.New(), "lab");
        await InitAsync(folder, cancellationToken);
        return folder;
    }

    public static async Task InitAsync(string folder, CancellationToken cancellationToken)
    {
        CommandResult made = await CommandResult.RunAsync(Path.GetDirectoryName(folder)!, cancellationToken, "init", folder);
        Assert.True(made.ExitCode == 0, made.ToString());
    }

    /// <summary>Starts the server and waits until it answers.</summary>
    public static async Task<ServerProcess> StartAsync(string workspace, CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        ServerProcess server = Launch(workspace, arguments);
        try
        {
            await server.WaitUntilUpAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the process and does not wait for it.</summary>
    public static ServerProcess Launch(string workspace, params IEnumerable<string> arguments)
    {
        List<string> given = [.. arguments];
        ProcessStartInfo start = PenstockProgram.StartInfo(
            workspace, ["up", "--workspace", workspace, "--json", .. given.Contains("--urls") ? given : ["--urls", "http://127.0.0.1:0", .. given]]);
        ServerProcess server = new(new Process { StartInfo = start }, workspace);
        server._process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                server._errors.Enqueue(line.Data);
        };
        server._process.Start();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Ends the process as a power cut would: no code of its own runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill(); // SIGKILL
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public void Signal() => Assert.Equal(0, Kill(_process.Id, Sigterm));

    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestStop);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>SIGTERM, and until it ended.</summary>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        Signal();
        return await WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        Client?.Http.Dispose();
        _process.Dispose();
        // The last lines explain a failure better than any assertion can.
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine($"stderr of {Workspace}:\n{string.Join('\n', _errors.TakeLast(ErrorLinesShown))}");
    }

    /// <summary>Until it answers; for a process that was only launched.</summary>
    public async Task WaitUntilUpAsync(CancellationToken cancellationToken)
    {
        long began = TimeProvider.System.GetTimestamp();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestStart);
        // The first line of --json is written once it listens, with the port it got.
        string? line = await _process.StandardOutput.ReadLineAsync(limit.Token);
        if (line is null)
        {
            await _process.WaitForExitAsync(limit.Token);
            throw new InvalidOperationException($"'penstock up' ended with {_process.ExitCode}:\n{Errors}");
        }
        StartTook = TimeProvider.System.GetElapsedTime(began);
        Address = new Uri(JsonDocument.Parse(line).RootElement.GetProperty("urls")[0].GetString()!);
        Client = PenstockClient.Connect(Address, Token);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);
}

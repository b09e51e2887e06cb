using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Penstock.Testing;

namespace Penstock.EndToEnd.Processes;

/// <summary>The engine alone in a process of its own (tests/Penstock.CrashHost), which can be told where to die.</summary>
internal sealed class EngineProcess : IAsyncDisposable
{
    /// <summary>What the shell calls the end by SIGKILL: 128 + 9.</summary>
    public const int Killed = 137;

    private const int Sigterm = 15;
    private const int Sigcont = 18;
    private const int Sigstop = 19;
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();

    private EngineProcess(Process process) => _process = process;

    public int Id => _process.Id;
    public bool HasExited => _process.HasExited;
    public string Said => string.Join('\n', _said);

    /// <summary>A folder laid out like a workspace, so that <see cref="StoredState"/> finds the database.</summary>
    public static string NewWorkspace()
    {
        string workspace = TestFolder.New();
        Directory.CreateDirectory(Path.Combine(workspace, "data"));
        return workspace;
    }

    public static string DatabaseOf(string workspace) => Path.Combine(workspace, "data", "penstock.db");

    public static EngineProcess Start(string workspace, string workload, params IEnumerable<string> death)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[Assembly(), DatabaseOf(workspace), workload, .. death])
            start.ArgumentList.Add(argument);
        EngineProcess engine = new(new Process { StartInfo = start });
        engine._process.OutputDataReceived += engine.Keep;
        engine._process.ErrorDataReceived += engine.Keep;
        engine._process.Start();
        engine._process.BeginOutputReadLine();
        engine._process.BeginErrorReadLine();
        return engine;
    }

    /// <summary>Runs a workload to its end, whatever end that is.</summary>
    public static async Task<(int ExitCode, string Said)> RunAsync(
        string workspace, string workload, CancellationToken cancellationToken, params IEnumerable<string> death)
    {
        await using EngineProcess engine = Start(workspace, workload, death);
        return (await engine.WaitForExitAsync(cancellationToken), engine.Said);
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestRun);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>SIGSTOP: it stands still, and cannot know it.</summary>
    public void Freeze() => Send(Sigstop);

    public void Thaw() => Send(Sigcont);

    public void Terminate() => Send(Sigterm);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(); // SIGKILL ends a frozen process too.
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private void Send(int signal)
    {
        if (Kill(_process.Id, signal) != 0)
            throw new InvalidOperationException($"Signal {signal} did not reach process {_process.Id}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
            _said.Enqueue(line.Data);
    }

    private static string Assembly()
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return Path.Combine(Repository.Root, "tests", "Penstock.CrashHost", "bin", configuration, "net10.0", "Penstock.CrashHost.dll");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace Penstock.EndToEnd.Processes;

/// <summary>A process beside the server: another worker, or a program in another language. Killed when the test ends.</summary>
internal sealed class HelperProcess : IAsyncDisposable
{
    private const int Sigterm = 15;
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private HelperProcess(Process process) => _process = process;

    /// <summary>What it wrote, on either output.</summary>
    public string Output => string.Join('\n', _lines);

    public int ProcessId => _process.Id;

    public static HelperProcess Start(ProcessStartInfo start)
    {
        HelperProcess helper = new(new Process { StartInfo = start });
        helper._process.OutputDataReceived += helper.OnLine;
        helper._process.ErrorDataReceived += helper.OnLine;
        helper._process.Start();
        helper._process.BeginOutputReadLine();
        helper._process.BeginErrorReadLine();
        return helper;
    }

    /// <summary><c>penstock work</c> on a workspace.</summary>
    public static HelperProcess Work(string workspace, params IEnumerable<string> arguments) =>
        Start(PenstockProgram.StartInfo(workspace, ["work", "--workspace", workspace, .. arguments]));

    public async Task KillAsync()
    {
        _process.Kill(); // SIGKILL
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGTERM, and until it ended.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        Assert.Equal(0, Kill(_process.Id, Sigterm));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestStop);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(Output);
    }

    private void OnLine(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
            _lines.Enqueue(line.Data);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);
}

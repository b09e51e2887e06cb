using System.Diagnostics;

namespace Penstock.Chaos;

/// <summary>One worker process as the experiment holds it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(int number, Process process) => (Number, _process) = (number, process);

    /// <summary>Of this process; never used twice.</summary>
    public int Number { get; }

    /// <summary>When it was gone, of the monotonic clock; null while it runs.</summary>
    public long? GoneAt { get; private set; }

    /// <summary>When it stood still, by a signal, of the monotonic clock.</summary>
    public List<(long From, long To)> Frozen { get; } = [];

    public static WorkerProcess Start(int number, Settings settings)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        foreach (string argument in (string[])["work", $"{number}", settings.ToJson()])
            start.ArgumentList.Add(argument);
        return new WorkerProcess(number, Process.Start(start)!);
    }

    /// <summary>Ends it as a power cut would: no code of its own runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill(); // SIGKILL
        await WaitAsync();
    }

    /// <summary>Stops it in the middle of whatever it does, as a machine that swaps or sleeps would.</summary>
    public async Task FreezeAsync(TimeSpan duration)
    {
        long from = TimeProvider.System.GetTimestamp();
        await SignalAsync("-STOP");
        await Task.Delay(duration, TimeProvider.System);
        Frozen.Add((from, TimeProvider.System.GetTimestamp()));
        await SignalAsync("-CONT");
    }

    /// <summary>Lets it finish what it runs.</summary>
    /// <returns>Whether it ended as it should.</returns>
    public async Task<bool> DrainAsync()
    {
        _process.StandardInput.Close();
        await WaitAsync();
        return _process.ExitCode == 0;
    }

    /// <summary>Resident bytes; 0 once it has ended.</summary>
    public long Memory
    {
        get
        {
            try
            {
                _process.Refresh();
                return _process.WorkingSet64;
            }
            catch (InvalidOperationException)
            {
                return 0; // There is no asking first: it may end in between.
            }
        }
    }

    /// <summary>It ended although nobody asked it to.</summary>
    public bool Crashed => GoneAt is null && _process.HasExited;

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [signal, $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private async Task WaitAsync()
    {
        await _process.WaitForExitAsync();
        GoneAt = TimeProvider.System.GetTimestamp();
    }
}

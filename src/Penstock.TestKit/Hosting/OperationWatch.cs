using System.Collections.Concurrent;
using Penstock.Engine.Operations;

namespace Penstock.TestKit.Hosting;

/// <summary>What runs now, what it waits for, and what it threw last.</summary>
internal sealed class OperationWatch
{
    private readonly AsyncLocal<OperationRun?> _current = new();
    private readonly ConcurrentDictionary<OperationRun, byte> _running = new();
    private readonly ConcurrentDictionary<Guid, Exception> _errors = new();

    /// <summary>The run that the present code belongs to; null: the engine or the test.</summary>
    public OperationRun? Current => _current.Value;

    /// <summary>Some operation waits neither for the host's time nor for its turn: the outside has to answer.</summary>
    public bool AnyWaitsForOutside => _running.Keys.Any(run => run.Timers == 0);

    /// <summary>Some operation waits for the host's time.</summary>
    public bool AnyWaitsForTime => _running.Keys.Any(run => run.Timers > 0);

    /// <summary>What the last execution of a job, or of one of its items, threw.</summary>
    public Exception? ErrorOf(Guid jobId) => _errors.GetValueOrDefault(jobId);

    public async Task<T> RunAsync<T>(Guid jobId, Func<Task<T>> operation)
    {
        OperationRun run = new();
        _running[run] = 0;
        // Seen by the timers that the operation sets; gone again when this method returns.
        _current.Value = run;
        try
        {
            T outcome = await operation();
            _errors.TryRemove(jobId, out _);
            return outcome;
        }
        catch (Exception error) when (error is not JobSuspendedException) // a wait is no failure
        {
            _errors[jobId] = error;
            throw;
        }
        finally
        {
            _running.TryRemove(run, out _);
        }
    }
}

/// <summary>One execution.</summary>
internal sealed class OperationRun
{
    private int _timers;

    /// <summary>Timers of the host's clock that it waits for.</summary>
    public int Timers => Volatile.Read(ref _timers);

    public void Armed() => Interlocked.Increment(ref _timers);

    public void Disarmed() => Interlocked.Decrement(ref _timers);
}

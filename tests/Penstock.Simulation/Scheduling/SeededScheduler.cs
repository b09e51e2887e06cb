using Penstock.Testing;

namespace Penstock.Simulation.Scheduling;

/// <summary>Runs every continuation of all simulated processes on one thread, each time one that the seed picks.</summary>
/// <remarks>Where nothing can run, time jumps to the next timer. So a seed is a whole run, and the same one everywhere.</remarks>
internal sealed class SeededScheduler(Random random, ManualTimeProvider time)
{
    private readonly List<Continuation> _runnable = [];
    private readonly int _threadId = Environment.CurrentManagedThreadId;

    public long Steps { get; private set; }

    /// <summary>Order and time of all steps so far, as one number.</summary>
    public ulong Hash { get; private set; } = 14_695_981_039_346_656_037;

    /// <summary>What must not happen: work on another thread, or a continuation that throws.</summary>
    public string? Broken { get; private set; }

    public void Post(SimulatedProcess process, SendOrPostCallback callback, object? state)
    {
        if (Environment.CurrentManagedThreadId != _threadId)
        {
            Broken ??= $"A continuation of {process.Name} was posted by another thread:\n{Environment.StackTrace}";
            return;
        }
        Continuation continuation = new(process, callback, state);
        switch (process.State)
        {
            case ProcessState.Running:
                _runnable.Add(continuation);
                break;
            case ProcessState.Frozen:
                process.Held.Add(continuation);
                break;
            case ProcessState.Dead:
                break; // It will never know.
        }
    }

    /// <summary>The process stops where it is; nothing of it runs until it is thawed.</summary>
    public void Freeze(SimulatedProcess process)
    {
        process.Held.AddRange(_runnable.Where(c => c.Process == process));
        _runnable.RemoveAll(c => c.Process == process);
        process.State = ProcessState.Frozen;
        process.LastFrozenAt = time.Elapsed;
    }

    public void Thaw(SimulatedProcess process)
    {
        if (process.State != ProcessState.Frozen)
            return;
        process.State = ProcessState.Running;
        process.LastFrozenAt = time.Elapsed;
        _runnable.AddRange(process.Held);
        process.Held.Clear();
    }

    /// <summary>The process is gone for ever, in the middle of whatever it did.</summary>
    public void Kill(SimulatedProcess process)
    {
        _runnable.RemoveAll(c => c.Process == process);
        process.Held.Clear();
        process.State = ProcessState.Dead;
    }

    /// <returns>False: nothing can run and no timer is set.</returns>
    public bool Step()
    {
        while (_runnable.Count == 0)
        {
            if (!time.AdvanceToNext())
                return false;
        }
        int index = random.Next(_runnable.Count);
        Continuation next = _runnable[index];
        _runnable[index] = _runnable[^1];
        _runnable.RemoveAt(_runnable.Count - 1);
        Steps++;
        Mix((ulong)next.Process.Number);
        Mix((ulong)time.GetTimestamp());
        SynchronizationContext.SetSynchronizationContext(next.Process);
        try
        {
            next.Callback(next.State);
        }
        catch (Exception error)
        {
            Broken ??= $"A continuation of {next.Process.Name} threw {error}";
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
        return true;
    }

    private void Mix(ulong value) => Hash = (Hash ^ value) * 1_099_511_628_211;
}

internal sealed record Continuation(SimulatedProcess Process, SendOrPostCallback Callback, object? State);

namespace Penstock.Simulation.Scheduling;

/// <summary>A process of the simulated system: everything awaited under it continues under it, or never.</summary>
internal sealed class SimulatedProcess(SeededScheduler scheduler, int number, string name, string host) : SynchronizationContext
{
    public int Number { get; } = number;
    public string Name { get; } = name;
    public string Host { get; } = host;
    public int ProcessId => 1_000 + Number;
    public ProcessState State { get; set; }

    /// <summary>Continuations that wait for the thaw.</summary>
    public List<Continuation> Held { get; } = [];

    /// <summary>When it was last seen frozen; null: never.</summary>
    public TimeSpan? LastFrozenAt { get; set; }

    /// <summary>Its store calls fail or hang until then.</summary>
    public TimeSpan CutOffUntil { get; set; }

    /// <summary>Cut off by silence instead of errors.</summary>
    public bool CutOffHangs { get; set; }

    /// <summary>How far its wall clock is off.</summary>
    public TimeSpan Skew { get; set; }

    public bool IsAlive => State != ProcessState.Dead;

    public override void Post(SendOrPostCallback d, object? state) => scheduler.Post(this, d, state);

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Blocking another thread is not part of the engine.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Starts work in this process; the task is the caller's to watch.</summary>
    public Task Start(Func<Task> work)
    {
        // Not RunContinuationsAsynchronously: that would end Task.WhenAll on the thread pool.
        TaskCompletionSource done = new();
        Post(
            async _ =>
            {
                try
                {
                    await work();
                    done.SetResult();
                }
                catch (Exception error)
                {
                    done.SetException(error);
                }
            },
            null);
        return done.Task;
    }
}

internal enum ProcessState
{
    Running,
    Frozen,
    Dead,
}

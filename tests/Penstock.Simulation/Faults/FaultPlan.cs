using Penstock.Simulation.Scheduling;
using Penstock.Testing;

namespace Penstock.Simulation.Faults;

/// <summary>Which faults a seed has and how often; asked at each opportunity. Everything stops with <see cref="Stop"/>.</summary>
internal sealed class FaultPlan
{
    private static readonly FaultKind[] OfCalls =
        [FaultKind.ErrorBeforeCommit, FaultKind.RolledBack, FaultKind.ErrorAfterCommit, FaultKind.SlowRequest, FaultKind.SlowAnswer, FaultKind.FailedRead];

    private static readonly FaultKind[] OfWakeUps = [FaultKind.LostWakeUp, FaultKind.DuplicateWakeUp, FaultKind.LateWakeUp];

    private readonly Random _random;
    private readonly ManualTimeProvider _time;
    private readonly double[] _rates = new double[Enum.GetValues<FaultKind>().Length];
    private TimeSpan _outageUntil;

    public FaultPlan(Random random, ManualTimeProvider time)
    {
        _random = random;
        _time = time;
        // A tenth of the seeds is calm: what fails there needs no fault.
        IsOn = random.Next(10) > 0;
        foreach (FaultKind kind in OfCalls)
            _rates[(int)kind] = random.Next(2) == 0 ? 0 : random.Next(1, 8) / 100.0;
        foreach (FaultKind kind in OfWakeUps)
            _rates[(int)kind] = random.Next(2) == 0 ? 0 : random.Next(1, 10) / 10.0;
    }

    public bool IsOn { get; private set; }
    public long[] Injected { get; } = new long[Enum.GetValues<FaultKind>().Length];

    /// <summary>Every wake-up is lost from now on, faults or none: only polling is left.</summary>
    public bool LosesAllWakeUps { get; set; }

    public void Stop() => IsOn = false;

    public void Count(FaultKind kind) => Injected[(int)kind]++;

    public bool Happens(FaultKind kind)
    {
        if (!IsOn || _random.NextDouble() >= _rates[(int)kind])
            return false;
        Count(kind);
        return true;
    }

    /// <summary>The store answers nobody for a while.</summary>
    public void BeginOutage(TimeSpan length)
    {
        Count(FaultKind.StoreOutage);
        _outageUntil = _time.Elapsed + length;
    }

    /// <summary>One process cannot reach the store for a while; its calls hang, or fail at once.</summary>
    public void CutOff(SimulatedProcess process, TimeSpan length, bool hangs)
    {
        Count(FaultKind.CutOff);
        process.CutOffUntil = _time.Elapsed + length;
        process.CutOffHangs = hangs;
    }

    /// <exception cref="InjectedFaultException"/>
    public async Task BeforeCallAsync(SimulatedProcess process)
    {
        if (IsOn && _time.Elapsed < _outageUntil)
            throw new InjectedFaultException(FaultKind.StoreOutage);
        if (IsOn && _time.Elapsed < process.CutOffUntil)
        {
            if (!process.CutOffHangs)
                throw new InjectedFaultException(FaultKind.CutOff);
            await Task.Delay(process.CutOffUntil - _time.Elapsed, _time);
        }
        if (Happens(FaultKind.SlowRequest))
            await Task.Delay(Slowness(), _time);
        if (Happens(FaultKind.ErrorBeforeCommit))
            throw new InjectedFaultException(FaultKind.ErrorBeforeCommit);
    }

    /// <exception cref="InjectedFaultException"/>
    public async Task AfterCallAsync()
    {
        if (Happens(FaultKind.SlowAnswer))
            await Task.Delay(Slowness(), _time);
        if (Happens(FaultKind.ErrorAfterCommit))
            throw new InjectedFaultException(FaultKind.ErrorAfterCommit);
    }

    // Mostly a hiccup, at times longer than a lease.
    private TimeSpan Slowness() =>
        TimeSpan.FromMilliseconds(_random.Next(8) == 0 ? _random.Next(1_000, 25_000) : _random.Next(1, 800));
}

namespace Penstock.TestKit;

/// <summary>Time that stands still until it is moved.</summary>
/// <remarks>
/// A timer runs its callback on the synchronization context it was made under (a post), or where there was none on the
/// thread that moves the time, before <see cref="Advance"/> returns. Timers due at one instant run in the order they were set.
/// </remarks>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Setting, (long Due, long Order)> _settings = new();
    private long _elapsedTicks;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Since the start.</summary>
    public TimeSpan Elapsed => new(Interlocked.Read(ref _elapsedTicks));

    /// <summary>When the next timer is due; null: none is set.</summary>
    public DateTimeOffset? NextTimerAt
    {
        get
        {
            lock (_lock)
            {
                while (_settings.TryPeek(out Setting? next, out (long Due, long Order) key))
                {
                    if (next.Stands)
                        return start + new TimeSpan(Math.Max(key.Due, _elapsedTicks));
                    _settings.Dequeue();
                }
                return null;
            }
        }
    }

    public override long GetTimestamp() => Interlocked.Read(ref _elapsedTicks);

    public override DateTimeOffset GetUtcNow() => start + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, callback, state, SynchronizationContext.Current);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the time on, stopping at each timer that becomes due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long target = GetTimestamp() + by.Ticks;
        while (TakeDue(target) is { } due)
            due.Timer.Fire(due);
        lock (_lock)
            _elapsedTicks = Math.Max(_elapsedTicks, target);
    }

    /// <summary>Jumps to the next timer and runs it. False: no timer is set.</summary>
    public bool AdvanceToNext()
    {
        if (TakeDue(long.MaxValue) is not { } due)
            return false;
        due.Timer.Fire(due);
        return true;
    }

    private Setting? TakeDue(long until)
    {
        lock (_lock)
        {
            while (_settings.TryPeek(out Setting? next, out (long Due, long Order) key))
            {
                if (!next.Stands)
                {
                    _settings.Dequeue();
                    continue;
                }
                if (key.Due > until)
                    return null;
                _settings.Dequeue();
                _elapsedTicks = Math.Max(_elapsedTicks, key.Due);
                return next;
            }
            return null;
        }
    }

    private void Enqueue(Setting setting, TimeSpan dueTime)
    {
        lock (_lock)
            _settings.Enqueue(setting, (_elapsedTicks + dueTime.Ticks, _order++));
    }

    /// <summary>One call of <see cref="ManualTimer.Change"/>; void once the timer was changed again or disposed.</summary>
    private sealed record Setting(ManualTimer Timer, int Version, TimeSpan Period)
    {
        public bool Stands => Timer.Version == Version;
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state, SynchronizationContext? context) : ITimer
    {
        private int _version;

        public int Version => Volatile.Read(ref _version);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            int version = Interlocked.Increment(ref _version);
            if (dueTime != Timeout.InfiniteTimeSpan)
                owner.Enqueue(new Setting(this, version, period), dueTime);
            return true;
        }

        public void Fire(Setting setting)
        {
            if (setting.Period > TimeSpan.Zero)
                owner.Enqueue(setting, setting.Period);
            if (context is null)
                callback(state);
            else
                context.Post(_ => RunIfStands(setting), null);
        }

        // Between the post and its turn the timer may have been disposed.
        private void RunIfStands(Setting setting)
        {
            if (setting.Stands)
                callback(state);
        }

        public void Dispose() => Interlocked.Increment(ref _version);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

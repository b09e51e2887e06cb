namespace Penstock.TestKit.Hosting;

/// <summary>The manual time as the host's services see it; notes which timers an operation waits for.</summary>
/// <remarks>
/// A timer that only guards other work (<c>CancelAfter</c>, <c>WaitAsync</c>) is no wait: if it counted, the host would move
/// the time to a time-out instead of letting a file or a socket answer.
/// </remarks>
internal sealed class HostClock(ManualTimeProvider time, OperationWatch watch) : TimeProvider
{
    public override long TimestampFrequency => time.TimestampFrequency;
    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override long GetTimestamp() => time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (watch.Current is not { } run || IsGuard(state))
            return time.CreateTimer(callback, state, dueTime, period);
        WatchedTimer timer = new(run, callback, state);
        timer.Start(time, dueTime, period);
        return timer;
    }

    // Task.WaitAsync keeps its timer on a promise named CancellationPromise; a delay's is a DelayPromise.
    private static bool IsGuard(object? state) =>
        state is CancellationTokenSource || (state is Task && state.GetType().Name.StartsWith("CancellationPromise", StringComparison.Ordinal));

    private sealed class WatchedTimer(OperationRun run, TimerCallback callback, object? state) : ITimer
    {
        private readonly Lock _lock = new();
        private ITimer? _inner;
        private bool _isArmed;
        private bool _repeats;

        public void Start(ManualTimeProvider time, TimeSpan dueTime, TimeSpan period)
        {
            _inner = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
                _repeats = period > TimeSpan.Zero;
            Arm(dueTime != Timeout.InfiniteTimeSpan);
            return _inner!.Change(dueTime, period);
        }

        public void Dispose()
        {
            Arm(false);
            _inner?.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire()
        {
            if (!_repeats)
                Arm(false);
            callback(state);
        }

        private void Arm(bool armed)
        {
            lock (_lock)
            {
                if (_isArmed == armed)
                    return;
                _isArmed = armed;
            }
            if (armed)
                run.Armed();
            else
                run.Disarmed();
        }
    }
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;

namespace Penstock.Engine.Workers;

/// <summary>Stop 4: one loop that hands finished units to the store and takes new ones in the same round trip.</summary>
/// <remarks>
/// Only the loop talks to the store about claims, so no lock guards its state. While one exchange is committed, units go on
/// running and finishing; the next exchange takes all of them. That is the whole batching strategy.
/// </remarks>
public sealed class Worker : IWakeUpListener
{
    /// <summary>A unit claimed ahead that found no slot for this long goes back, so that another worker can have it.</summary>
    private static readonly TimeSpan WaitingMax = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan StoreRetryDelay = TimeSpan.FromSeconds(1);

    private readonly IJobStore _store;
    private readonly IWakeUps _wakeUps;
    private readonly UnitExecutor _executor;
    private readonly WorkerOptions _options;
    private readonly TimeSpan _tick;
    private readonly LeaseKeeper _keeper;
    private readonly PrefetchGauge _prefetch;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IReadOnlyList<string> _queues;
    private readonly HashSet<string> _queueSet;

    // Also read by the timers, which must be able to stop units while the loop waits for the store.
    private readonly ConcurrentDictionary<UnitKey, RunningUnit> _units = new();
    private readonly ConcurrentQueue<RunningUnit> _waiting = new();
    private readonly UntoldCompletions _ended = new();
    private readonly Channel<Signal> _signals = Channel.CreateUnbounded<Signal>(new UnboundedChannelOptions { SingleReader = true });
    private bool _leftForSlots;
    private ITimer? _lookAgain;
    private int _running;
    private int _woken = 1;
    private long _finished;

    public Worker(
        IJobStore store, IWakeUps wakeUps, UnitExecutor executor, OperationRegistry registry, WorkerOptions options,
        WorkerLeaseOptions leases, WorkerIdentity identity, TimeProvider time, ILogger<Worker> logger)
    {
        _store = store;
        _wakeUps = wakeUps;
        _executor = executor;
        _options = options;
        _time = time;
        _logger = logger;
        _queues = options.Queues.Count > 0
            ? options.Queues.Select(name => InProcess(registry, registry.Queue(name).Name)).ToList()
            : registry.InProcessQueues.Select(q => q.Name).ToList();
        _queueSet = _queues.ToHashSet(StringComparer.Ordinal);
        _prefetch = new PrefetchGauge(options.PrefetchMax);
        _keeper = new LeaseKeeper(store, leases, identity, options.Labels.AsReadOnly(), time);
        _tick = options.PollInterval < leases.Heartbeat ? options.PollInterval : leases.Heartbeat;
    }

    /// <summary>Units running or claimed ahead.</summary>
    public int Busy => _units.Count;

    /// <summary>Works until <paramref name="drain"/>; then finishes what runs, at most for the grace time, and gives the rest back.</summary>
    public Task RunAsync(CancellationToken drain) => RunAsync(drain, CancellationToken.None);

    /// <param name="releaseNow">Ends the grace time: what still runs is given back at once.</param>
    public async Task RunAsync(CancellationToken drain, CancellationToken releaseNow)
    {
        using IDisposable subscription = _wakeUps.Subscribe(this);
        using CancellationTokenRegistration onDrain = drain.Register(() => _signals.Writer.TryWrite(Signal.Wake));
        await RegisterAsync(drain);
        using CancellationTokenSource stop = new();
        Task timers = RunTimersAsync(stop.Token);
        try
        {
            while (!drain.IsCancellationRequested && !_keeper.IsAskedToDrain)
                await StepAsync(claim: true, drain);
            await DrainAsync(releaseNow);
        }
        finally
        {
            stop.Cancel(); // Not CancelAsync: it runs on the thread pool, away from the caller's context.
            await timers;
            _lookAgain?.Dispose();
        }
        _logger.Stopped(_keeper.WorkerId, _finished);
    }

    IReadOnlyCollection<string> IWakeUpListener.Queues => _queues;

    void IWakeUpListener.OnQueueReady(string queueName)
    {
        if (_queueSet.Contains(queueName))
            LookAgain();
    }

    void IWakeUpListener.OnLeasesChanged() => _signals.Writer.TryWrite(Signal.CheckLeases);

    void IWakeUpListener.OnEventsWritten() { }

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await _keeper.RegisterAsync(_queues, _options.Slots, cancellationToken);
                _logger.Started(_keeper.WorkerId, _options.Slots, string.Join(", ", _queues));
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return; // Drained before it began.
            }
            catch (Exception error)
            {
                _logger.StoreFailed(error, 0);
                await PauseAsync(StoreRetryDelay, cancellationToken);
            }
        }
    }

    /// <summary>One turn: take in what was signalled, start what has a slot, exchange with the store, or sleep.</summary>
    private async Task StepAsync(bool claim, CancellationToken cancellationToken)
    {
        await TakeSignalsAsync();
        StartWaiting();
        // In doubt of its lease it would only give back what it takes.
        int want = claim && !_keeper.IsInDoubt && Volatile.Read(ref _woken) == 1 ? _options.Slots + _prefetch.Ahead - _units.Count : 0;
        if (_ended.Count == 0 && want <= 0)
        {
            await SleepAsync();
            return;
        }
        await ExchangeAsync(want, cancellationToken);
    }

    private async Task ExchangeAsync(int want, CancellationToken cancellationToken)
    {
        // Lowered before the claim: a wake-up that comes during it raises the flag again and costs one more look.
        if (want > 0)
            Interlocked.Exchange(ref _woken, 0);
        long heard = _wakeUps.Heard;
        IReadOnlyList<Completion> ended = _ended.Next();
        try
        {
            ClaimRequest? request = want > 0
                ? new ClaimRequest(_keeper.WorkerId, _queues, want) { FreeSlots = Math.Max(_options.Slots - _units.Count, 0) }
                : null;
            Exchange exchange = await _store.ExchangeAsync(ended, request, CancellationToken.None);
            _ended.Told(ended);
            foreach (Completion refused in exchange.Refused)
                _logger.LeaseLost(refused.Lease.Unit, refused.Lease.Attempt);
            if (exchange.WorkerUnknown)
            {
                await StartOverAsync();
                return;
            }
            foreach (UnitLease lease in exchange.Leases)
                Take(lease);
            if (request is not null)
            {
                if (exchange.Leases.Count >= want || exchange.More)
                    Interlocked.Exchange(ref _woken, 1); // There may be more; fewer than asked for were all there were.
                Remember(exchange);
                Tell(exchange, heard, want);
            }
        }
        catch (Exception error)
        {
            // What ended stays in the list: the next turn tells the store again, and fences make that safe.
            _logger.StoreFailed(error, ended.Count);
            Interlocked.Exchange(ref _woken, 1);
            if (ended.Count > 0 && await AnswersAsync(error))
                _ended.Refused(ended, error);
            await PauseAsync(StoreRetryDelay, cancellationToken);
        }
    }

    /// <summary>Whether the store that failed so is there: away, it says nothing about what it was told.</summary>
    private async Task<bool> AnswersAsync(Exception failure)
    {
        if (failure is PenstockException { Kind: ErrorKind.Unavailable })
            return false;
        try
        {
            await _store.HeldAsync(_keeper.WorkerId, CancellationToken.None);
            return true;
        }
        catch (Exception error)
        {
            _logger.StoreFailed(error, _ended.Count);
            return false;
        }
    }

    /// <summary>What was left for a reason is looked for again as soon as the reason is gone, not only by the next poll.</summary>
    private void Remember(Exchange exchange)
    {
        _leftForSlots = exchange.LeftForSlots;
        _lookAgain?.Dispose();
        _lookAgain = null;
        if (exchange.LookAgainAt is { } at && at - _time.GetUtcNow() is var wait && wait < _tick)
            _lookAgain = _time.CreateTimer(
                static worker => ((Worker)worker!).LookAgain(), this, wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Lets the transport forget, or hand on, what it woke this worker for.</summary>
    private void Tell(Exchange exchange, long heard, int want)
    {
        bool isFull = exchange.Leases.Count >= want || exchange.LeftForSlots;
        // A claim that stopped at its own bounds goes on at once; the last one speaks for all.
        if (isFull || !exchange.More)
            _wakeUps.Claimed(new ClaimNotice(_queues, heard, isFull));
    }

    private void LookAgain()
    {
        if (Interlocked.Exchange(ref _woken, 1) == 0)
            _signals.Writer.TryWrite(Signal.Wake);
    }

    private void Take(UnitLease lease)
    {
        RunningUnit unit = new(lease, _time, _logger);
        _units[unit.Key] = unit;
        _waiting.Enqueue(unit);
    }

    private void StartWaiting()
    {
        while (!_waiting.IsEmpty && Volatile.Read(ref _running) < _options.Slots)
        {
            Interlocked.Increment(ref _running);
            _ = RunSlotAsync();
        }
        while (_waiting.TryPeek(out RunningUnit? late) && _time.GetElapsedTime(late.ClaimedAt) > WaitingMax)
            GiveBackNext();
    }

    private void GiveBackNext()
    {
        if (!_waiting.TryDequeue(out RunningUnit? unit))
            return;
        Forget(unit);
        if (unit.Reason != StopReason.LeaseLost)
            _ended.Add(new Completion.Released(unit.Lease));
    }

    /// <summary>Runs waiting units one after another; ends when none waits.</summary>
    /// <remarks>A unit that arrives just as the slot ends is started by the loop, which the last signal wakes.</remarks>
    private async Task RunSlotAsync()
    {
        await Task.Yield(); // Off the loop.
        while (_waiting.TryDequeue(out RunningUnit? unit))
        {
            long started = _time.GetTimestamp();
            Completion? completion = unit.Reason switch
            {
                StopReason.LeaseLost => null,
                // Claimed, but its answer was long on its way, or the process slept: others may hold the unit by now.
                _ when unit.Reason == StopReason.Release || _keeper.IsInDoubt => new Completion.Released(unit.Lease),
                _ => await _executor.RunAsync(unit),
            };
            TimeSpan took = _time.GetElapsedTime(started);
            EngineMetrics.Ran(unit.Lease, completion, took);
            _signals.Writer.TryWrite(new Signal.Ended(unit, completion, took));
        }
        Interlocked.Decrement(ref _running);
        _signals.Writer.TryWrite(Signal.Wake);
    }

    private async Task TakeSignalsAsync()
    {
        bool check = false;
        while (_signals.Reader.TryRead(out Signal? signal))
        {
            if (signal is Signal.Ended ended)
                OnEnded(ended);
            check |= signal == Signal.CheckLeases;
        }
        if (check)
            await CheckLeasesAsync();
        if (_keeper.IsForgotten)
            await StartOverAsync();
    }

    private void OnEnded(Signal.Ended ended)
    {
        _finished++;
        if (_leftForSlots)
            Interlocked.Exchange(ref _woken, 1);
        _prefetch.Observe(ended.Unit.Lease.Operation, ended.Took);
        Forget(ended.Unit);
        // A lease that is gone must not be answered for, whatever the operation made of its token.
        if (ended.Completion is not null && ended.Unit.Reason != StopReason.LeaseLost)
            _ended.Add(ended.Completion);
    }

    /// <summary>Stops units whose claim is gone from the store: cancelled, reaped, deleted, or taken by hand.</summary>
    /// <remarks>And gives back claims of which only the store knows, because the answer to an exchange was lost.</remarks>
    private async Task CheckLeasesAsync()
    {
        try
        {
            // No exchange is in flight here (this is the loop), so every unit seen now was claimed before the question.
            List<RunningUnit> mine = [.. _units.Values];
            IReadOnlySet<UnitKey> held = await _store.HeldAsync(_keeper.WorkerId, CancellationToken.None);
            foreach (RunningUnit unit in mine)
            {
                if (!held.Contains(unit.Key))
                    unit.Stop(StopReason.LeaseLost);
            }
            List<UnitKey> unknown = held.Where(key => !_units.ContainsKey(key) && !_ended.Has(key)).ToList();
            if (unknown.Count > 0)
                await _store.GiveBackAsync(_keeper.WorkerId, unknown, CancellationToken.None);
        }
        catch (Exception error)
        {
            _logger.StoreFailed(error, _ended.Count); // The next look is a second away; the fence guards meanwhile.
        }
    }

    /// <summary>The store took this worker for dead: others may run its units already. Stop them all and come back as a new worker.</summary>
    private async Task StartOverAsync()
    {
        _logger.TakenForDead(_keeper.WorkerId, _units.Count);
        StopAll(StopReason.LeaseLost, atOnce: true);
        await RegisterAsync(CancellationToken.None);
    }

    private async Task DrainAsync(CancellationToken releaseNow)
    {
        _logger.Draining(_keeper.WorkerId, _running, _waiting.Count);
        _keeper.IsDraining = true;
        _wakeUps.Claimed(new ClaimNotice(_queues, 0, IsFull: true)); // Others are to be woken from now on.
        while (!_waiting.IsEmpty)
            GiveBackNext();
        using CancellationTokenSource grace = new(_options.ShutdownGrace, _time);
        using CancellationTokenRegistration release = grace.Token.Register(() => StopAll(StopReason.Release));
        using CancellationTokenRegistration hurry = releaseNow.Register(() => StopAll(StopReason.Release, atOnce: true));
        int failures = 0;
        while (!_units.IsEmpty || _ended.Count > 0)
        {
            int before = _ended.Count;
            await StepAsync(claim: false, CancellationToken.None);
            // A store that is gone cannot be told; its recovery frees these units once the heartbeat is old.
            if (_units.IsEmpty && before > 0 && _ended.Count >= before && ++failures >= 3)
                return;
        }
        await RetireAsync();
    }

    private async Task RetireAsync()
    {
        try
        {
            await _keeper.RetireAsync();
        }
        catch (Exception error)
        {
            _logger.StoreFailed(error, 0); // It holds nothing; its row goes once its heartbeat is old.
        }
    }

    private static string InProcess(OperationRegistry registry, string queue) =>
        registry.IsExternalQueue(queue) ? throw new QueueExternalException(queue) : queue;

    private void StopAll(StopReason reason, bool atOnce = false)
    {
        foreach (RunningUnit unit in _units.Values)
            unit.Stop(reason, atOnce);
    }

    private void Forget(RunningUnit unit)
    {
        _units.TryRemove(unit.Key, out _);
        unit.Dispose();
    }

    /// <summary>Once a poll interval, and never less often than a heartbeat is due: look for work, look after the leases, and beat when it is time.</summary>
    private async Task RunTimersAsync(CancellationToken cancellationToken)
    {
        Task beat = Task.CompletedTask;
        while (!cancellationToken.IsCancellationRequested)
        {
            await PauseAsync(_tick, cancellationToken);
            Interlocked.Exchange(ref _woken, 1);
            // Not awaited: a beat that gets no answer must not hide that the lease runs out meanwhile.
            if (beat.IsCompleted)
                beat = _keeper.BeatIfDueAsync(_units.Count, _logger);
            if (_keeper.IsInDoubt && !_units.IsEmpty)
            {
                _logger.LeaseInDoubt(_keeper.Silence.TotalSeconds, _units.Count);
                StopAll(StopReason.Release, atOnce: true);
            }
            _signals.Writer.TryWrite(Signal.CheckLeases);
        }
    }

    private async Task SleepAsync() => await _signals.Reader.WaitToReadAsync();

    private async Task PauseAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(delay, _time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Asked to go on at once.
        }
    }

    private abstract record Signal
    {
        public static readonly Signal Wake = new Plain("wake");
        public static readonly Signal CheckLeases = new Plain("check leases");

        public sealed record Ended(RunningUnit Unit, Completion? Completion, TimeSpan Took) : Signal;

        private sealed record Plain(string Name) : Signal;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Engine.Workers;
using Penstock.Sql;
using Penstock.Sqlite;
using Penstock.TestKit.Hosting;

namespace Penstock.TestKit;

/// <summary>The real engine in a test: SQLite in memory, one worker, and time that stands still until the test moves it.</summary>
/// <remarks>
/// What the test enqueues stays queued until the host is told to run (<see cref="RunUntilIdleAsync"/>, <see cref="AdvanceAsync"/>,
/// <see cref="RunAsync{TResult}(string, object, CancellationToken)"/>). Nothing waits for real time and nothing polls: each call returns once nothing is left to do.
/// Operations may use files, sockets and other threads; the host then waits for their answer. An operation that takes
/// <see cref="JobContext.Time"/> (or the injected <see cref="TimeProvider"/>) waits for the host's time instead.
/// </remarks>
public sealed class PenstockTestHost : IAsyncDisposable
{
    private const int EventsPerPage = 500;

    /// <summary>While ready units wait for a place or a rate, time goes on in steps of this.</summary>
    private static readonly TimeSpan ReadyStep = TimeSpan.FromSeconds(1);

    private const string NextDueSql = "select min(run_at) from deferred where run_at > @now";

    private readonly ExclusiveContext _context;
    private readonly OperationWatch _watch;
    private readonly HeldWakeUps _wakeUps;
    private readonly PenstockTestOptions _options;
    private readonly CancellationTokenSource _drain = new();
    private readonly CancellationTokenSource _releaseNow = new();
    private Task<bool> _running = Task.FromResult(true);

    private PenstockTestHost(
        ServiceProvider services, PenstockTestOptions options, ManualTimeProvider time, ExclusiveContext context, OperationWatch watch, HeldWakeUps wakeUps)
    {
        Services = services;
        Time = time;
        (_options, _context, _watch, _wakeUps) = (options, context, watch, wakeUps);
        // Nothing is resolved here: the store's writer must begin under the context.
        Jobs = new JobAssertions(services);
    }

    /// <summary>Everything registered: the engine's services and those of the test.</summary>
    public ServiceProvider Services { get; }

    /// <summary>The host's time. <see cref="AdvanceAsync"/> moves it and runs what becomes due.</summary>
    public ManualTimeProvider Time { get; }

    public IJobClient Client => Services.GetRequiredService<IJobClient>();
    public IJobReader Reader => Services.GetRequiredService<IJobReader>();

    /// <summary>Assertions about what was enqueued.</summary>
    public JobAssertions Jobs { get; }

    /// <summary>Starts a host with the operations that the callback adds.</summary>
    /// <param name="configure">As in <c>services.AddPenstock(...)</c>, without a store; <c>builder.Services</c> takes what the operations need.</param>
    public static async Task<PenstockTestHost> StartAsync(
        Action<PenstockBuilder> configure, Action<PenstockTestOptions>? options = null, CancellationToken cancellationToken = default)
    {
        PenstockTestOptions chosen = new();
        options?.Invoke(chosen);
        ManualTimeProvider time = new(chosen.Start);
        ExclusiveContext context = new();
        OperationWatch watch = new();
        HeldWakeUps wakeUps = new();
        ServiceCollection services = TestServices.Compose(
            configure, chosen.DatabasePath, before => AddHostServices(before, chosen, time, watch, wakeUps));
        services.AddPenstockWorker();
        chosen.ServiceOverrides?.Invoke(services);
        services.Watch();
        PenstockTestHost host = new(
            services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }),
            chosen, time, context, watch, wakeUps);
        try
        {
            await context.RunAsync(() => host.BeginAsync(cancellationToken));
            await host.SettleAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Enqueues a job; it stays queued until the host runs.</summary>
    /// <param name="payload">The operation's record, or any object with the same members.</param>
    public Task<EnqueueResult> EnqueueAsync(string operation, object payload, CancellationToken cancellationToken = default) =>
        EnqueueAsync(NewJob.Of(operation, payload), cancellationToken);

    /// <inheritdoc cref="EnqueueAsync(string, object, CancellationToken)"/>
    public Task<EnqueueResult> EnqueueAsync(NewJob job, CancellationToken cancellationToken = default) => Client.EnqueueAsync(job, cancellationToken);

    /// <summary>Enqueues a job and runs it to its end, with its retries and sleeps: the host's time moves as far as that takes.</summary>
    /// <remarks>Whatever else is due on the way runs too.</remarks>
    /// <exception cref="PenstockAssertionException">It does not end within <see cref="PenstockTestOptions.LongestRun"/>.</exception>
    public Task<JobRun<TResult>> RunAsync<TResult>(string operation, object payload, CancellationToken cancellationToken = default) =>
        RunAsync<TResult>(NewJob.Of(operation, payload), cancellationToken);

    /// <inheritdoc cref="RunAsync{TResult}(string, object, CancellationToken)"/>
    public async Task<JobRun<TResult>> RunAsync<TResult>(NewJob job, CancellationToken cancellationToken = default)
    {
        EnqueueResult enqueued = await EnqueueAsync(job, cancellationToken);
        DateTimeOffset limit = Time.GetUtcNow() + _options.LongestRun;
        await RunUntilIdleAsync(cancellationToken);
        while (!(await FindAsync(enqueued.JobId, cancellationToken)).Status.IsTerminal())
        {
            if (await StepAsync(limit, cancellationToken))
                continue;
            Job stuck = await FindAsync(enqueued.JobId, cancellationToken);
            throw new PenstockAssertionException(
                $"{stuck.Operation} is {stuck.Status.ToText()} after {_options.LongestRun} of the host's time" +
                $"{(stuck.WaitingFor is { } what ? $"; it waits for {what}" : "")}.\n" +
                $"Events: {string.Join(", ", (await EventsAsync(stuck.Id, cancellationToken)).Select(e => e.Name))}");
        }
        return await ResultOfAsync<TResult>(enqueued.JobId, cancellationToken);
    }

    /// <summary>A job as it stands, with its history.</summary>
    public async Task<JobRun<TResult>> ResultOfAsync<TResult>(Guid jobId, CancellationToken cancellationToken = default) => new(
        await FindAsync(jobId, cancellationToken), await EventsAsync(jobId, cancellationToken), _watch.ErrorOf(jobId));

    /// <summary>Runs everything that is due now, and what that enqueues, until nothing is left but what waits for time, for a signal or for a paused queue.</summary>
    public async Task RunUntilIdleAsync(CancellationToken cancellationToken = default)
    {
        using IDisposable running = _wakeUps.Release();
        long seen;
        long written = await Reader.LastEventIdAsync(cancellationToken);
        do
        {
            seen = written;
            IWakeUps wakeUps = Services.GetRequiredService<IWakeUps>();
            foreach (QueueDefinition queue in Services.GetRequiredService<OperationRegistry>().Queues)
                wakeUps.QueueReady(queue.Name);
            await SettleAsync(cancellationToken);
            written = await Reader.LastEventIdAsync(cancellationToken);
        }
        while (written != seen);
    }

    /// <summary>Moves the time on and runs what becomes due on the way, each at its instant: retries, delays, sleeps, time-outs, schedules.</summary>
    public async Task AdvanceAsync(TimeSpan by, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        DateTimeOffset target = Time.GetUtcNow() + by;
        await RunUntilIdleAsync(cancellationToken);
        while (await StepAsync(target, cancellationToken))
        {
        }
        if (target > Time.GetUtcNow())
            Time.Advance(target - Time.GetUtcNow());
        await RunUntilIdleAsync(cancellationToken);
    }

    /// <summary>Ends the worker; what still runs is cancelled and goes back to its queue.</summary>
    public async ValueTask DisposeAsync()
    {
        await _context.RunAsync(() =>
        {
            // Not CancelAsync: it would run the callbacks on the thread pool, beside the context.
            _drain.Cancel();
            _releaseNow.Cancel();
            return Task.FromResult(true);
        });
        // An operation that ignores its token and waits for time gets the time; one that waits for the outside is waited for.
        while (!_running.IsCompleted)
        {
            await Task.WhenAny(_running, SettleAsync(CancellationToken.None));
            if (!_running.IsCompleted && !Time.AdvanceToNext())
                break;
        }
        await _running;
        await Services.DisposeAsync();
        _drain.Dispose();
        _releaseNow.Dispose();
    }

    private static void AddHostServices(
        IServiceCollection services, PenstockTestOptions options, ManualTimeProvider time, OperationWatch watch, HeldWakeUps wakeUps)
    {
        HostClock clock = new(time, watch);
        services.AddSingleton(time);
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(watch);
        services.AddSingleton<IWakeUps>(wakeUps);
        services.AddSingleton(new Random(options.Seed));
        services.AddSingleton(new IdGenerator(clock, new Random(options.Seed)));
        services.AddSingleton<IProcessList, LivingProcesses>();
        services.AddSingleton<IHostApplicationLifetime, HostLifetime>();
        // Long, so that moving the time by a day does not mean thousands of looks for work: the host itself knows when to look.
        services.AddSingleton(new WorkerOptions { Slots = options.Slots, PrefetchMax = 0, PollInterval = TimeSpan.FromMinutes(10) });
        services.AddSingleton(new WorkerLeaseOptions { Lease = TimeSpan.FromHours(1), Heartbeat = TimeSpan.FromMinutes(20) });
    }

    /// <summary>Under the context, so that the store's writer and the worker live there.</summary>
    private async Task<bool> BeginAsync(CancellationToken cancellationToken)
    {
        await Services.GetRequiredService<StoreStartup>().RunAsync(cancellationToken);
        WorkerService worker = Services.GetServices<IHostedService>().OfType<WorkerService>().Single();
        _running = _context.RunAsync(async () =>
        {
            await worker.RunAsync(_drain.Token, _releaseNow.Token);
            return true;
        });
        return true;
    }

    /// <summary>Until nothing runs but operations that wait for the host's time.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _context.WhenQuietAsync(cancellationToken);
            long posted = _context.Posted;
            if (_context.Broken is { } error)
                throw new InvalidOperationException("Code of the test, or of the engine, threw where nobody awaits it.", error);
            if (!_watch.AnyWaitsForOutside)
                return;
            await _context.WhenPostedAfterAsync(posted, cancellationToken);
        }
    }

    /// <summary>Goes on to the next instant at which something may happen, and runs what is due then.</summary>
    /// <returns>False: nothing happens up to the limit, which is not reached either.</returns>
    private async Task<bool> StepAsync(DateTimeOffset limit, CancellationToken cancellationToken)
    {
        DateTimeOffset now = Time.GetUtcNow();
        DateTimeOffset?[] instants =
        [
            Time.NextTimerAt,
            await NextDueAsync(now, cancellationToken),
            (await Reader.QueuesAsync(cancellationToken)).Any(q => q.Ready > 0 && !q.Paused) ? now + ReadyStep : null,
        ];
        if (instants.Min() is not { } next || next > limit)
            return false;
        Time.Advance(next - now);
        await RunUntilIdleAsync(cancellationToken);
        return true;
    }

    private Task<DateTimeOffset?> NextDueAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        Services.GetRequiredService<SqlDatabase>().ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(NextDueSql).Bind("now", now);
                // An aggregate always has a row; its value is null where nothing waits.
                return (await statement.QueryAsync(row => row.InstantOrNull(0), token))[0];
            },
            cancellationToken);

    private async Task<Job> FindAsync(Guid jobId, CancellationToken cancellationToken) =>
        await Reader.FindAsync(jobId, cancellationToken) ?? throw new JobNotFoundException(jobId);

    private async Task<IReadOnlyList<JobEvent>> EventsAsync(Guid jobId, CancellationToken cancellationToken)
    {
        List<JobEvent> events = [];
        IReadOnlyList<JobEvent> page;
        do
        {
            page = await Reader.EventsAsync(jobId, events.Count == 0 ? 0 : events[^1].Id, EventsPerPage, cancellationToken);
            events.AddRange(page);
        }
        while (page.Count == EventsPerPage);
        return events;
    }
}

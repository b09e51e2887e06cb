using Penstock.Engine.Enqueueing;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Operations;

public sealed partial class JobContext
{
    /// <summary>Sleeps and waits longer than this are mistakes.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(3_660);

    /// <summary>Runs a part of the operation once: its result is stored, and later executions get it without running it again.</summary>
    /// <param name="name">1 to 200 characters, the same in every execution. Its second use in one execution is <c>name#2</c>, and so on.</param>
    /// <param name="work">May run again if a crash comes before its result is stored.</param>
    /// <returns>What was stored, read back: the same in the first execution as in every later one.</returns>
    /// <exception cref="LeaseLostException">The job is no longer this execution's; nothing was stored.</exception>
    /// <exception cref="StepOutputTooLargeException"/>
    /// <exception cref="StepChangedException">An earlier version of the code stored something else under this name.</exception>
    public async Task<T> StepAsync<T>(string name, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        (string key, StoredStep? stored) = await _steps.BeginAsync(name, StepKind.Step, cancellationToken);
        if (stored is not null)
            return JobSteps.Read<T>(key, Opened(stored.Output, JobId));
        long started = Time.GetTimestamp();
        string output = JobSteps.Write(key, await work(cancellationToken));
        // Not cancelled with the operation: work that is done is worth keeping, and the fence refuses it if it is not ours.
        await _store.StoreStepAsync(Lease, new StepDraft(key, StepKind.Step, Seals ? Protector!.Seal(output, JobId) : output, Time.GetElapsedTime(started)), CancellationToken.None);
        return JobSteps.Read<T>(key, output);
    }

    /// <inheritdoc cref="StepAsync{T}"/>
    public Task StepAsync(string name, Func<CancellationToken, Task> work, CancellationToken cancellationToken) =>
        StepAsync<object?>(
            name,
            async token =>
            {
                await work(token);
                return null;
            },
            cancellationToken);

    /// <summary>Frees the slot for a time. The job goes on in a new execution, which passes here at once; nothing is spent.</summary>
    public Task SleepAsync(string name, TimeSpan duration, CancellationToken cancellationToken) =>
        SleepUntilAsync(name, now => now + CheckedWait(name, duration), cancellationToken);

    /// <inheritdoc cref="SleepAsync"/>
    /// <param name="wakeAt">An instant that has passed is no sleep. What the first execution says stands.</param>
    public Task SleepUntilAsync(string name, DateTimeOffset wakeAt, CancellationToken cancellationToken) =>
        SleepUntilAsync(name, now => now + CheckedWait(name, wakeAt - now), cancellationToken);

    /// <param name="wakeAt">Asked only if no earlier execution has slept here; with the instant from which a duration counts.</param>
    private async Task SleepUntilAsync(string name, Func<DateTimeOffset, DateTimeOffset> wakeAt, CancellationToken cancellationToken)
    {
        (string key, StoredStep? stored) = await _steps.BeginAsync(name, StepKind.Sleep, cancellationToken);
        DateTimeOffset now = Time.GetUtcNow();
        DateTimeOffset wake = stored is null ? wakeAt(now) : JobSteps.Read<DateTimeOffset>(key, stored.Output);
        if (wake > now)
            throw _steps.Suspend(new Suspension.Sleep(key, wake));
    }

    /// <summary>The name of a signal that only this job waits for.</summary>
    public string OwnSignal(string name) => SignalNames.Own(JobId, name);

    /// <summary>Waits off its slot until a signal was sent, before or after this call. One wait at a time.</summary>
    /// <param name="timeout">Counted from the first call; null: for ever.</param>
    /// <returns>The signal's payload; a durable step under the signal's name.</returns>
    /// <exception cref="SignalTimeoutException">It was not sent in time. This is decided once, even if it comes later.</exception>
    public async Task<T> WaitForSignalAsync<T>(string signal, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        SignalNames.Checked(signal);
        if (timeout is { } wait)
            CheckedWait(signal, wait);
        (string key, StoredStep? stored) = await _steps.BeginAsync(signal, StepKind.Signal, cancellationToken);
        stored ??= await _store.AwaitSignalAsync(Lease, key, signal, timeout, cancellationToken)
            ?? throw _steps.Suspend(new Suspension.Signal(key));
        return stored.Outcome == StepOutcome.Completed
            ? JobSteps.Read<T>(key, stored.Output)
            : throw new SignalTimeoutException(signal);
    }

    /// <summary>Enqueues a child job once and waits off the slot for its end.</summary>
    /// <returns>The child's result.</returns>
    /// <exception cref="ChildFailedException"/>
    /// <exception cref="ChildCancelledException"/>
    public async Task<TResult> RunChildAsync<TResult>(string name, NewJob job, CancellationToken cancellationToken) =>
        (await RunChildrenAsync<TResult>(name, [job], cancellationToken))[0];

    /// <summary>Enqueues child jobs once, together, and waits off the slot until all have ended.</summary>
    /// <returns>Their results, in the order given.</returns>
    /// <exception cref="ChildFailedException">For the first in order that failed, after all have ended.</exception>
    /// <exception cref="ChildCancelledException"/>
    public async Task<IReadOnlyList<TResult>> RunChildrenAsync<TResult>(
        string name, IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken)
    {
        if (jobs.Count > JobDrafting.DependenciesMax)
            throw new InvalidStepException(
                $"Step '{name}' would await {jobs.Count:N0} children; the limit is {JobDrafting.DependenciesMax:N0}. Use a batch for more.");
        (string key, StoredStep? stored) = await _steps.BeginAsync(name, StepKind.Children, cancellationToken);
        stored ??= await _store.AwaitChildrenAsync(Lease, key, jobs.Select(DraftChild).ToList(), cancellationToken)
            ?? throw _steps.Suspend(new Suspension.Children(key));
        return JobSteps.Read<IReadOnlyList<ChildEnd>>(key, stored.Output).Select(end => ResultOf<TResult>(key, end)).ToList();
    }

    private JobDraft DraftChild(NewJob job) => _drafting.Draft(job with { ParentJobId = JobId, Source = Lease.Operation }, Seals);

    private string Opened(string json, Guid jobId) => Protector?.Open(json, jobId) ?? json;

    private TResult ResultOf<TResult>(string key, ChildEnd end) => end.Status switch
    {
        "succeeded" => JobSteps.Read<TResult>(key, Opened(end.Result?.GetRawText() ?? "null", end.JobId)),
        "failed" => throw new ChildFailedException(end.JobId, end.ErrorCode, end.ErrorMessage),
        _ => throw new ChildCancelledException(end.JobId),
    };

    private static TimeSpan CheckedWait(string name, TimeSpan wait) => wait <= LongestWait
        ? wait
        : throw new InvalidStepException($"'{name}' would wait {wait.TotalDays:N0} days; the limit is {LongestWait.TotalDays:N0}.");
}

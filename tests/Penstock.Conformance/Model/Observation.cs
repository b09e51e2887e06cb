using System.Globalization;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.Conformance.Model;

/// <summary>All that can be seen of the store through its reader, against the model.</summary>
internal sealed class Observation(IJobReader reader, StoreModel model)
{
    private readonly Dictionary<Guid, List<string>> _events = [];
    private long _lastEvent;

    /// <returns>The first difference, or null.</returns>
    public async Task<string?> CompareAsync(CancellationToken cancellationToken) =>
        await CompareJobsAsync(cancellationToken)
        ?? await CompareEventsAsync(cancellationToken)
        ?? await CompareQueuesAsync(cancellationToken)
        ?? await CompareLettersAsync(cancellationToken)
        ?? await CompareWorkersAsync(cancellationToken)
        ?? await CompareBatchesAsync(cancellationToken);

    public async Task<Guid?> LetterAsync(Command.Redrive asked, CancellationToken cancellationToken)
    {
        if (!model.Jobs.TryGetValue(asked.Label, out ModelJob? job))
            return null;
        List<DeadLetter> about = [.. (await LettersAsync(cancellationToken))
            .Where(l => (l.JobId, l.Stage, l.ItemIndex) == (job.Id, asked.Stage, asked.Index))];
        return asked.Number < about.Count ? about[asked.Number].Id : null;
    }

    private async Task<string?> CompareJobsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Job> jobs = await reader.ListAsync(new JobFilter(Limit: 500), cancellationToken);
        return Difference(
            jobs.Select(Describe).Order(StringComparer.Ordinal), model.Jobs.Values.Select(Describe).Order(StringComparer.Ordinal));
    }

    private static string Describe(Job job) => Describe(
        job.Id, job.QueueName, job.Status, job.Attempt, job.Retries, job.Deaths, job.Priority, job.WaitingFor, job.ErrorCode,
        job.ProgressCurrent, job.ProgressTotal, job.RunAt, job.StartedAt, job.FinishedAt, job.Fence,
        job is { Status: JobStatus.Running, WaitingFor: null } ? job.WorkerId : null, job.IdempotencyKey);

    private static string Describe(ModelJob job) => Describe(
        job.Id, job.Queue, job.Status, job.Attempt, job.Retries, job.Deaths, job.Priority, job.WaitingFor, job.ErrorCode,
        job.Current, job.Total, job.RunAt, job.StartedAt, job.FinishedAt, job.Fence, job.Holder, job.Key);

    private static string Describe(
        Guid id, string queue, JobStatus status, int attempt, int retries, int deaths, int priority, string? waits, string? error,
        long? current, long? total, DateTimeOffset? runAt, DateTimeOffset? startedAt, DateTimeOffset? finishedAt, long fence,
        string? worker, string? key) => string.Create(
        CultureInfo.InvariantCulture,
        $"job {LabelOf(id)} in {queue}: {status} {waits} attempt {attempt} snoozed {retries} deaths {deaths} priority {priority} error {error} progress {current}/{total} not before {runAt:s} started {startedAt:s} ended {finishedAt:s} fence {fence} worker {worker} key {key}");

    // The label is in the id; see StoreModel.IdOf.
    private static int LabelOf(Guid id) => int.Parse(id.ToString("N").AsSpan(13, 3), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private async Task<string?> CompareEventsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<JobEvent> events = await reader.EventsAfterAsync(_lastEvent, 2_000, cancellationToken);
        foreach (JobEvent told in events)
        {
            _lastEvent = told.Id;
            if (!_events.TryGetValue(told.JobId, out List<string>? before))
                _events[told.JobId] = before = [];
            before.Add(told.Name);
        }
        foreach (JobEvent told in events)
        {
            // Nobody would ever read or remove them.
            if (!model.Jobs.Values.Any(j => j.Id == told.JobId))
                return $"event {told.Name} of job {LabelOf(told.JobId)}, which does not exist";
        }
        foreach (ModelJob job in model.Jobs.Values)
        {
            if (!job.Events.SequenceEqual(_events.GetValueOrDefault(job.Id, [])))
                return $"events of job {job.Unit.Job} are [{string.Join(' ', _events.GetValueOrDefault(job.Id, []))}], in the model [{string.Join(' ', job.Events)}]";
        }
        return null;
    }

    private async Task<string?> CompareQueuesAsync(CancellationToken cancellationToken)
    {
        foreach (QueueState queue in await reader.QueuesAsync(cancellationToken))
        {
            string told = Describe(queue.Paused, queue.Running, queue.Succeeded, queue.Failed, queue.Cancelled);
            string expected = Describe(
                model.Paused.Contains(queue.Name), model.Units.Count(u => u.Queue == queue.Name && u.Holder is not null),
                Ended(JobStatus.Succeeded), Ended(JobStatus.Failed), Ended(JobStatus.Cancelled));
            if (told != expected)
                return $"queue {queue.Name}: {told}, in the model {expected}";
            // Hints of jobs that are gone may be among them, but none may be missing.
            int waiting = model.Units.Count(u => u.Queue == queue.Name && StoreModel.Waits(u));
            if (queue.Ready + queue.Deferred < waiting)
                return $"queue {queue.Name} shows {queue.Ready} ready and {queue.Deferred} deferred; {waiting} wait";

            int Ended(JobStatus status) => model.Ended.GetValueOrDefault((queue.Name, status));
        }
        return null;

        static string Describe(bool paused, long running, long succeeded, long failed, long cancelled) =>
            $"paused {paused}, {running} running, {succeeded} succeeded, {failed} failed, {cancelled} cancelled";
    }

    private async Task<string?> CompareLettersAsync(CancellationToken cancellationToken) => Difference(
        (await LettersAsync(cancellationToken)).Select(l => Describe(LabelOf(l.JobId), l.Stage, l.ItemIndex, l.ErrorCode, l.Attempts, l.Status == "pending"))
            .Order(StringComparer.Ordinal),
        model.Letters.Select(l => Describe(l.Job, l.Stage, l.Index, l.ErrorCode, l.Attempts, l.IsPending)).Order(StringComparer.Ordinal));

    private static string Describe(int job, int? stage, int? index, string error, int attempts, bool pending) =>
        $"dead letter of job {job} item {stage}/{index}: {error} after {attempts}, pending {pending}";

    /// <summary>Oldest first.</summary>
    private async Task<IEnumerable<DeadLetter>> LettersAsync(CancellationToken cancellationToken) =>
        (await reader.DeadLettersAsync(new DeadLetterFilter(Limit: 500), cancellationToken)).Reverse();

    private async Task<string?> CompareWorkersAsync(CancellationToken cancellationToken) => Difference(
        (await reader.WorkersAsync(cancellationToken)).Select(w => Describe(w.Id, w.Busy, w.HeartbeatAt)).Order(StringComparer.Ordinal),
        model.Workers.Select(w => Describe(w.Key, Math.Min(model.Units.Count(u => u.Holder == w.Key), StoreModel.Slots), w.Value)).Order(StringComparer.Ordinal));

    private static string Describe(string id, int busy, DateTimeOffset heartbeatAt) =>
        string.Create(CultureInfo.InvariantCulture, $"worker {id}: {busy} slots in use, heartbeat {heartbeatAt:s}");

    private async Task<string?> CompareBatchesAsync(CancellationToken cancellationToken)
    {
        foreach (ModelJob job in model.Jobs.Values.Where(j => j.Batch is not null))
        {
            string told = string.Join(' ', (await reader.BatchAsync(job.Id, cancellationToken)).Select(s => $"{s.Stage}:{s.Done}+{s.Failed}/{s.Total}"));
            string expected = string.Join(' ', Enumerable.Range(0, job.Batch!.Stages).Select(
                s => $"{s}:{job.Batch.Done.Count(d => d.Stage == s)}+{job.Batch.Failed.Count(f => f.Stage == s)}/{job.Batch.Total}"));
            if (told != expected)
                return $"batch of job {job.Unit.Job}: {told}, in the model {expected}";
        }
        return null;
    }

    private static string? Difference(IEnumerable<string> told, IEnumerable<string> expected)
    {
        List<string> store = [.. told];
        List<string> modelled = [.. expected];
        return store.SequenceEqual(modelled)
            ? null
            : $"the store has\n    {string.Join("\n    ", store.Except(modelled))}\n  the model\n    {string.Join("\n    ", modelled.Except(store))}";
    }
}

using System.Data.Common;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Sql.Limits;

namespace Penstock.Sql.Jobs;

/// <summary>The job store over any <see cref="SqlDatabase"/>: each call one transaction, then word to those who wait for it.</summary>
public sealed partial class SqlJobStore : IJobStore
{
    // A job that waits keeps its fence, but its execution is over: a task it left behind must not write its batch's progress.
    private const string EventGuardedSql = """
        insert into job_event (job_id, ts, level, event, message, fields)
        select id, @now, @level, @event, @message, @fields
          from job where seq = @seq and status = 'running' and fence = @fence and waiting_for is null
        """;

    private const string ProgressSql = """
        update job set progress_current = @current, progress_total = @total where seq = @seq and status = 'running' and fence = @fence
        """;

    private readonly QueueTable _queues = new();
    private readonly StoreCalls _calls;
    private readonly SqlDatabase _database;
    private readonly EnqueueSet _enqueues;

    public SqlJobStore(SqlDatabase database, IWakeUps wakeUps, TimeProvider time, IdGenerator ids)
    {
        _database = database;
        _enqueues = new EnqueueSet(time);
        _calls = new StoreCalls(database, wakeUps, time, ids, _queues);
    }

    public async Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(IReadOnlyList<JobDraft> jobs, CancellationToken cancellationToken)
    {
        if (!_database.PrefersSets || !EnqueueSet.IsFor(jobs))
            return await WriteAsync((write, token) => EnqueueWriter.WriteAsync(write, jobs, token), cancellationToken);
        IReadOnlyList<EnqueueSet.Row> rows = await EnqueueSet.RowsOfAsync(jobs, name => _queues.IdAsync(_database, name, cancellationToken));
        IReadOnlyList<EnqueueResult> results = await _database.AddAsync(_enqueues, rows, cancellationToken);
        _calls.Tell(jobs.Select(j => j.QueueName).Distinct(StringComparer.Ordinal));
        return results;
    }

    public async Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(
        IReadOnlyList<JobDraft> jobs, DbTransaction transaction, CancellationToken cancellationToken)
    {
        SqlSession session = _database.Enlist(transaction);
        // Plain jobs only add rows. Keys and dependencies are looked up first.
        if (jobs.Any(j => j.IdempotencyKey is not null || j.UniqueKey is not null || j.DependsOn.Count > 0))
            await _database.TakeTurnAsync(session, cancellationToken);
        StoreWrite write = _calls.Begin(session);
        IReadOnlyList<EnqueueResult> results = await EnqueueWriter.WriteAsync(write, jobs, cancellationToken);
        await write.FlushAsync(cancellationToken);
        return results;
    }

    public Task<Exchange> ExchangeAsync(
        IReadOnlyList<Completion> completions, ClaimRequest? claim, CancellationToken cancellationToken) =>
        WriteAsync(
            async (write, token) =>
            {
                List<Completion> refused = [];
                IReadOnlyList<Completion> each =
                    write.Session.Database.PrefersSets ? await SuccessSet.WriteAsync(write, completions, token) : completions;
                foreach (Completion completion in each)
                {
                    bool written = completion is Completion.ItemReturned item
                        ? await ItemWriter.ReturnAsync(write, item, token)
                        : await CompletionWriter.WriteAsync(write, completion, token);
                    if (!written)
                        refused.Add(completion);
                    else if (completion.Lease is { HoldsResources: true } lease)
                        await ResourceTable.FreeAsync(write, lease is ItemLease ? UnitKind.Item : UnitKind.Job, lease.Seq, lease.Fence, token);
                }
                Exchange taken = claim is null ? new Exchange([], [], WorkerUnknown: false) : await ClaimWriter.TakeAsync(write, claim, token);
                return taken with { Refused = refused };
            },
            cancellationToken,
            forCommands: completions.Any(c => c is Completion.ItemReturned { Outcome.Effect: not null }));

    public Task AppendEventAsync(JobLease lease, JobEventDraft draft, Progress? progress, CancellationToken cancellationToken) =>
        WriteAsync(
            async (write, token) =>
            {
                using SqlStatement insert = write.Session.Statement(EventGuardedSql)
                    .Bind("seq", lease.Seq).Bind("fence", lease.Fence).Bind("now", write.Now)
                    .Bind("level", StoreWrite.LevelText(draft.Level)).Bind("event", draft.Name)
                    .Bind("message", draft.Message).Bind("fields", draft.Fields);
                if (await insert.ExecuteAsync(token) == 0)
                    throw new LeaseLostException(lease.Unit, lease.Attempt, lease.WorkerId, lease.ClaimedAt);
                if (progress is not null)
                {
                    using SqlStatement update = write.Session.Statement(ProgressSql)
                        .Bind("seq", lease.Seq).Bind("fence", lease.Fence)
                        .Bind("current", progress.Current).Bind("total", progress.Total);
                    await update.ExecuteAsync(token);
                }
                return true;
            },
            cancellationToken);

    public Task<CancelResult> CancelAsync(Guid jobId, string? reason, CancellationToken cancellationToken) =>
        WriteAsync(
            async (write, token) =>
            {
                int children = await CancelWriter.CancelAsync(write, jobId, reason, token);
                Job job = await SqlJobReader.FindAsync(write.Session, jobId, token) ?? throw new JobNotFoundException(jobId);
                return new CancelResult(job, children);
            },
            cancellationToken);

    public Task DeleteAsync(Guid jobId, CancellationToken cancellationToken) =>
        WriteAsync(
            async (write, token) =>
            {
                await DeleteWriter.DeleteAsync(write, jobId, token);
                return true;
            },
            cancellationToken);

    public Task<(Guid JobId, string QueueName)> RedriveAsync(Guid deadLetterId, string? by, CancellationToken cancellationToken) =>
        WriteAsync((write, token) => RedriveWriter.RedriveAsync(write, deadLetterId, by, token), cancellationToken);

    public Task<string> RequeueAsync(Guid jobId, string? by, CancellationToken cancellationToken) =>
        WriteAsync((write, token) => RequeueWriter.RequeueAsync(write, jobId, by, token), cancellationToken);

    public Task<WorkerStanding> BeatAsync(WorkerBeat beat, CancellationToken cancellationToken) =>
        WriteAsync((write, token) => WorkerTable.BeatAsync(write, beat, token), cancellationToken);

    public Task<IReadOnlySet<UnitKey>> HeldAsync(string workerId, CancellationToken cancellationToken) =>
        _database.ReadAsync((session, token) => WorkerTable.HeldAsync(session, workerId, token), cancellationToken);

    public Task<UnitLease?> FindLeaseAsync(string workerId, UnitKey unit, CancellationToken cancellationToken) =>
        _database.ReadAsync((session, token) => GiveBackWriter.FindAsync(session, workerId, unit, token), cancellationToken);

    public Task GiveBackAsync(string workerId, IReadOnlyCollection<UnitKey> units, CancellationToken cancellationToken) =>
        WriteAsync(
            async (write, token) =>
            {
                await GiveBackWriter.WriteAsync(write, workerId, units, token);
                return true;
            },
            cancellationToken);

    public Task RetireWorkerAsync(string workerId, CancellationToken cancellationToken) =>
        WriteAsync(
            async (write, token) =>
            {
                await WorkerTable.RetireAsync(write, workerId, token);
                return true;
            },
            cancellationToken);

    public Task<RecoveryReport> RecoverAsync(
        TimeSpan lease, int maxDeaths, IReadOnlyCollection<string> knownDead, CancellationToken cancellationToken) =>
        WriteAsync(
            async (write, token) =>
            {
                RecoveryReport report = await RecoveryWriter.RecoverAsync(write, lease, maxDeaths, knownDead, token);
                await ResourceTable.SweepAsync(write, token);
                return report;
            },
            cancellationToken);

    public Task<ReapReport> ReapAsync(TimeSpan timeout, TimeSpan stall, CancellationToken cancellationToken) =>
        WriteAsync((write, token) => ReaperWriter.ReapAsync(write, timeout, stall, token), cancellationToken);

    public Task<PruneStep> PruneAsync(DateTimeOffset before, Guid? after, int limit, CancellationToken cancellationToken) =>
        WriteAsync((write, token) => PruneWriter.PruneAsync(write, before, after, limit, token), cancellationToken);

    public Task DeclareQueuesAsync(IReadOnlyCollection<QueueDefinition> queues, CancellationToken cancellationToken) =>
        _database.WriteAsync((session, token) => QueueTable.DeclareAsync(session, queues, token), cancellationToken);

    private Task<T> WriteAsync<T>(
        Func<StoreWrite, CancellationToken, Task<T>> work, CancellationToken cancellationToken, bool forCommands = false) =>
        _calls.RunAsync(work, cancellationToken, forCommands);
}

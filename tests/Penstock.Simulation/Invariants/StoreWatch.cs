using Penstock.Simulation.Scheduling;
using Penstock.Simulation.Workload;
using Penstock.Sql;

namespace Penstock.Simulation.Invariants;

/// <summary>Looks at the store inside each transaction, after the call's own writes and before the next call's.</summary>
/// <remarks>
/// Temporary triggers write down every change of a job and every new claim, statement by statement; the engine's tables
/// stay as they are. What is seen here is committed unless SQLite itself fails, which it does not in memory.
/// </remarks>
internal sealed class StoreWatch(World world)
{
    private const int CallsBetweenStructureChecks = 12;

    private const string InstallSql = """
        create table sim_effect (parent_job_id text not null, generation integer not null, stage integer not null, item_index integer not null);
        create temp table sim_job_log (
            n integer primary key, what text, seq integer, id text, queue_name text, operation text, max_attempts integer, priority integer,
            old_status text, status text, old_fence integer, fence integer, old_attempt integer, attempt integer,
            progress_current integer, progress_total integer, waiting_for text, is_child integer);
        create temp table sim_claim_log (n integer primary key, kind integer, seq integer, queue_id integer, fence integer, worker_id text, claimed_at text);
        create temp trigger sim_job_insert after insert on main.job begin
            insert into sim_job_log (what, seq, id, queue_name, operation, max_attempts, priority, status, fence, attempt, is_child)
            values ('insert', new.seq, new.id, new.queue_name, new.operation, new.max_attempts, new.priority, new.status, new.fence, new.attempt,
                    new.parent_job_id is not null);
        end;
        create temp trigger sim_job_update after update on main.job begin
            insert into sim_job_log (what, seq, id, priority, old_status, status, old_fence, fence, old_attempt, attempt, progress_current, progress_total, waiting_for)
            values ('update', new.seq, new.id, new.priority, old.status, new.status, old.fence, new.fence, old.attempt, new.attempt, new.progress_current, new.progress_total, new.waiting_for);
        end;
        create temp trigger sim_job_delete after delete on main.job begin
            insert into sim_job_log (what, seq, id, status) values ('delete', old.seq, old.id, old.status);
        end;
        create temp trigger sim_claim_insert after insert on main.claim begin
            insert into sim_claim_log (kind, seq, queue_id, fence, worker_id, claimed_at)
            values (new.kind, new.seq, new.queue_id, new.fence, new.worker_id, new.claimed_at);
        end;
        """;

    private const string ChangesSql = "select total_changes()";

    private const string JobLogSql = """
        select n, what, seq, id, queue_name, operation, max_attempts, old_status, status, old_fence, fence, old_attempt, attempt,
               progress_current, progress_total, priority, is_child
          from sim_job_log where n > @after order by n
        """;

    private const string EventsSql = """
        select id, job_id, event, ts, fields like '%was purged by%' from job_event where id > @after order by id
        """;

    private readonly Dictionary<Guid, JobMirror> _jobs = [];
    private readonly Dictionary<long, JobMirror> _bySeq = [];
    private readonly List<JobMirror> _touched = [];
    private readonly ClaimWatch _claims = new(world);
    private readonly LimitWatch _limits = new(world);
    private readonly ScheduleWatch _schedules = new(world);
    private readonly StructureCheck _structure = new(world);

    public FlowWatch Flow { get; } = new(world);

    private long _changes = -1;
    private long _lastLog;
    private long _lastEvent;
    private int _calls;

    public IReadOnlyDictionary<Guid, JobMirror> Jobs => _jobs;
    public ScheduleWatch Schedules => _schedules;

    /// <summary>Jobs stored so far, deleted ones included.</summary>
    public long JobsSeen { get; private set; }

    /// <summary>Some job that has not ended.</summary>
    public JobMirror? Open => _jobs.Values.FirstOrDefault(j => j.Status is "queued" or "running");

    public static async Task InstallAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using System.Data.Common.DbCommand install = session.Connection.CreateCommand();
        install.Transaction = session.Transaction;
        install.CommandText = InstallSql + ScheduleWatch.InstallSql + FlowWatch.InstallSql;
        await install.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task AfterCallAsync(SqlSession session, SimulatedProcess caller, CancellationToken cancellationToken)
    {
        using (SqlStatement count = session.Statement(ChangesSql))
        {
            long changes = await count.ScalarAsync<long>(cancellationToken);
            if (changes == _changes)
                return;
            _changes = changes;
        }
        _touched.Clear();
        await ReadRowsAsync(session, caller, cancellationToken);
        await ReadEventsAsync(session, cancellationToken);
        await Flow.AfterCallAsync(session, cancellationToken);
        foreach (JobMirror job in _touched)
        {
            if (_jobs.ContainsKey(job.Id) && !job.Agrees)
                world.Fail("I14", $"job {job.Id} is {job.Status}, but its events say {job.Told}");
        }
        await _schedules.AfterCallAsync(session, caller, cancellationToken);
        await _claims.AfterCallAsync(session, _bySeq, cancellationToken);
        await _limits.AfterCallAsync(session, cancellationToken);
        if (++_calls % CallsBetweenStructureChecks == 0)
            await CheckStructureAsync(session, cancellationToken);
    }

    public Task CheckStructureAsync(SqlSession session, CancellationToken cancellationToken) =>
        _structure.RunAsync(session, cancellationToken);

    private async Task ReadRowsAsync(SqlSession session, SimulatedProcess caller, CancellationToken cancellationToken)
    {
        using SqlStatement read = session.Statement(JobLogSql).Bind("after", _lastLog);
        List<Change> changes = await read.QueryAsync(
            row => new Change(
                row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetGuid(3), row.TextOrNull(4), row.TextOrNull(5), row.IntOrNull(6) ?? 0,
                row.TextOrNull(7), row.GetString(8), row.LongOrNull(9) ?? 0, row.LongOrNull(10) ?? 0, row.IntOrNull(11) ?? 0,
                row.IntOrNull(12) ?? 0, row.LongOrNull(13), row.LongOrNull(14), row.IntOrNull(15) ?? 0,
                row.IntOrNull(16) == 1),
            cancellationToken);
        foreach (Change change in changes)
        {
            _lastLog = change.N;
            if (world.Trace.IsOn)
                world.Trace.Write(caller.Name, $"  {change.What} job {change.Id.ToString("N")[^6..]} {change.OldStatus}->{change.Status} fence {change.Fence} attempt {change.Attempt} {change.Current}/{change.Total}");
            switch (change.What)
            {
                case "insert":
                    JobMirror made = new(change.Id, change.Seq)
                    {
                        QueueName = change.QueueName!, Operation = change.Operation!, MaxAttempts = change.MaxAttempts,
                        Priority = change.Priority, IsChild = change.IsChild,
                    };
                    (_jobs[change.Id], _bySeq[change.Seq]) = (made, made);
                    JobsSeen++;
                    _touched.Add(made);
                    break;
                case "delete":
                    Delete(change);
                    break;
                default:
                    Update(change);
                    break;
            }
        }
    }

    private void Update(Change change)
    {
        JobMirror job = _jobs[change.Id];
        if (change.Fence < change.OldFence || change.Attempt < change.OldAttempt)
            world.Fail("I2", $"job {job.Id}: fence {change.OldFence} -> {change.Fence}, attempt {change.OldAttempt} -> {change.Attempt}");
        if (change.Current < 0 || change.Current > change.Total)
            world.Fail("I5", $"job {job.Id}: progress {change.Current} of {change.Total}");
        if (change.OldStatus is "succeeded" or "cancelled" && change.Status == "queued" && !SimulatedOperations.IsRequeueable(job.QueueName))
            world.Fail("I4", $"job {job.Id} {change.OldStatus} and is queued again, which its queue {job.QueueName} does not allow");
        if (job.Priority != change.Priority)
            job.UntoldMoves++;
        (job.Status, job.Fence, job.Attempt, job.Priority) = (change.Status, change.Fence, change.Attempt, change.Priority);
        _touched.Add(job);
    }

    private void Delete(Change change)
    {
        if (!world.MayVanish.Contains(change.Id) && !world.Prunes)
            world.Fail("I1", $"job {change.Id} ({change.Status}) was deleted, and nobody asked for that");
        if (change.Status == "running")
            world.Fail("I1", $"job {change.Id} was deleted while it ran");
        world.StepVanished |= _jobs[change.Id].Operation == "sim.step";
        Flow.Ends(change.Id, succeeded: false);
        _jobs.Remove(change.Id);
        _bySeq.Remove(change.Seq);
    }

    private async Task ReadEventsAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement read = session.Statement(EventsSql).Bind("after", _lastEvent);
        List<(long Id, Guid Job, string Name, DateTimeOffset At, bool Purged)> events = await read.QueryAsync(
            row => (row.GetInt64(0), row.GetGuid(1), row.GetString(2), row.Instant(3), row.GetBoolean(4)), cancellationToken);
        foreach ((long id, Guid jobId, string name, DateTimeOffset at, bool purged) in events)
        {
            _lastEvent = id;
            if (!_jobs.TryGetValue(jobId, out JobMirror? job))
                continue; // Of a job deleted in the same call, or of a parent deleted before.
            // The children of a purged job are cancelled with it, wherever they are.
            if (purged && !job.IsChild && job.Told is not ("queued" or "lost"))
                world.Fail("I11", $"job {jobId} was purged from its queue while it was {job.Told}");
            Violation? wrong = job.Take(name, at - World.Start, world.ReaperTimeout, world.ReaperStall);
            if (wrong is not null)
                world.Fail(wrong.Invariant, wrong.What);
            if (name == "job.started")
                Flow.Starts(job);
            else if (job.Told is "succeeded" or "failed" or "cancelled")
                Flow.Ends(jobId, job.Told == "succeeded");
        }
    }

    private sealed record Change(
        long N, string What, long Seq, Guid Id, string? QueueName, string? Operation, int MaxAttempts, string? OldStatus, string Status,
        long OldFence, long Fence, int OldAttempt, int Attempt, long? Current, long? Total, int Priority, bool IsChild);
}

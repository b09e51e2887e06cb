using Penstock.Engine.Enqueueing;
using Penstock.Sql;

namespace Penstock.Simulation.Invariants;

/// <summary>Steps, dependencies, unique keys and signals: what every transaction did to them, against what was promised.</summary>
internal sealed class FlowWatch(World world)
{
    public const string InstallSql = """
        create temp table sim_flow_log (n integer primary key, what text, job_id text, name text, kind text, outcome text, output text, fence integer, job_fence integer, at text);
        create temp trigger sim_step_insert after insert on main.job_step begin
            insert into sim_flow_log (what, job_id, name, kind, outcome, output, fence, job_fence, at)
            values ('step', new.job_id, new.name, new.kind, new.outcome, new.output, new.fence,
                    (select j.fence from main.job j where j.id = new.job_id), new.finished_at);
        end;
        create temp trigger sim_step_update after update on main.job_step begin
            insert into sim_flow_log (what, job_id, name) values ('step changed', new.job_id, new.name);
        end;
        create temp trigger sim_step_delete after delete on main.job_step begin
            insert into sim_flow_log (what, job_id, name) values ('step gone', old.job_id, old.name);
        end;
        create temp trigger sim_signal_insert after insert on main.signal begin
            insert into sim_flow_log (what, name, output, at) values ('signal', new.name, new.payload, new.sent_at);
        end;
        create temp trigger sim_signal_update after update on main.signal begin
            insert into sim_flow_log (what, name) values ('signal changed', new.name);
        end;
        create temp trigger sim_wait_insert after insert on main.signal_wait begin
            insert into sim_flow_log (what, job_id, name, at, output) values ('wait', new.job_id, new.step, new.deadline, new.name);
        end;
        create temp trigger sim_wait_delete after delete on main.signal_wait begin
            insert into sim_flow_log (what, job_id, name) values ('wait gone', old.job_id, old.step);
        end;
        """;

    private const string LogSql = """
        select n, what, job_id, name, kind, outcome, output, fence, at, job_fence from sim_flow_log where n > @after order by n
        """;

    private readonly Dictionary<(Guid Job, string Name), string> _completed = [];
    private readonly Dictionary<string, (string Payload, DateTimeOffset SentAt)> _signals = new(StringComparer.Ordinal);
    private readonly Dictionary<(Guid Job, string Step), (string Signal, DateTimeOffset? Deadline)> _waits = [];
    private readonly HashSet<Guid> _ended = [];
    private readonly HashSet<Guid> _succeeded = [];
    private long _last;

    /// <summary>What a customer asked a job to wait for; known before the store is asked.</summary>
    public Dictionary<Guid, (IReadOnlyList<Guid> On, DependencyFailurePolicy Policy)> Declared { get; } = [];

    /// <summary>Jobs that someone asked to unblock, whatever the answer was.</summary>
    public HashSet<Guid> Unblocked { get; } = [];

    public async Task AfterCallAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement read = session.Statement(LogSql).Bind("after", _last);
        List<Entry> entries = await read.QueryAsync(
            row => new Entry(
                row.GetInt64(0), row.GetString(1), row.GuidOrNull(2) ?? Guid.Empty, row.GetString(3), row.TextOrNull(4), row.TextOrNull(5),
                row.TextOrNull(6), row.LongOrNull(7) ?? 0, row.InstantOrNull(8),
                row.LongOrNull(9) ?? 0),
            cancellationToken);
        foreach (Entry entry in entries)
        {
            _last = entry.N;
            Take(entry);
        }
        // Last: a wait goes in the transaction that decides its step, and the step is judged by it.
        foreach (Entry gone in entries.Where(e => e.What == "wait gone"))
            _waits.Remove((gone.JobId, gone.Name));
    }

    public void Ends(Guid jobId, bool succeeded)
    {
        _ended.Add(jobId);
        if (succeeded)
            _succeeded.Add(jobId);
    }

    /// <summary>A job was claimed: what it was to wait for must have ended, as its policy wants.</summary>
    public void Starts(JobMirror job)
    {
        if (!Declared.TryGetValue(job.Id, out (IReadOnlyList<Guid> On, DependencyFailurePolicy Policy) declared)
            || Unblocked.Contains(job.Id) || job.Redrives > 0)
            return;
        foreach (Guid dependency in declared.On)
        {
            bool satisfied = declared.Policy == DependencyFailurePolicy.Run ? _ended.Contains(dependency) : _succeeded.Contains(dependency);
            if (!satisfied)
                world.Fail("F1", $"job {job.Id} started although job {dependency}, on which it depends ({declared.Policy}), has not ended so");
        }
    }

    /// <summary>The code of a step begins. Only the holder of the present fence must know what is completed.</summary>
    public void RunsStep(Guid jobId, long fence, string name)
    {
        if (_completed.ContainsKey((jobId, name)) && world.Watch.Jobs.TryGetValue(jobId, out JobMirror? job)
            && job.Fence == fence && job.Status == "running")
            world.Fail("I13", $"job {jobId}: the code of step {name} runs again although it is completed");
    }

    private void Take(Entry entry)
    {
        switch (entry.What)
        {
            case "step":
                TakeStep(entry);
                break;
            case "step changed":
                world.Fail("I13", $"job {entry.JobId}: step {entry.Name} was changed");
                break;
            case "step gone":
                // A redrive forgets failed steps, a requeue all of them; else they go with their job.
                if (_completed.Remove((entry.JobId, entry.Name)) && world.Watch.Jobs.TryGetValue(entry.JobId, out JobMirror? job) && job.Told != "queued")
                    world.Fail("I13", $"job {entry.JobId}: completed step {entry.Name} was removed");
                break;
            case "signal":
                _signals[entry.Name] = (entry.Output!, entry.At!.Value);
                break;
            case "signal changed":
                world.Fail("F3", $"signal {entry.Name} was changed after it was sent");
                break;
            case "wait gone":
                break;
            default:
                _waits[(entry.JobId, entry.Name)] = (entry.Output!, entry.At);
                break;
        }
    }

    private void TakeStep(Entry step)
    {
        // As it was then: later in the same transaction the job may have been claimed again.
        if (step.JobFence != step.Fence)
            world.Fail("I13", $"job {step.JobId}: step {step.Name} was stored under fence {step.Fence}; the job's was {step.JobFence}");
        if (step.Outcome == "completed")
            _completed[(step.JobId, step.Name)] = step.Output!;
        if (step.Kind == "signal")
            CheckWait(step);
    }

    private void CheckWait(Entry step)
    {
        bool awaited = _waits.TryGetValue((step.JobId, step.Name), out (string Signal, DateTimeOffset? Deadline) wait);
        string name = awaited ? wait.Signal : step.Name.Split('#')[0];
        bool inTime = _signals.TryGetValue(name, out (string Payload, DateTimeOffset SentAt) signal) && !(signal.SentAt >= wait.Deadline);
        if (step.Outcome == "completed" && !inTime)
            world.Fail("F3", $"job {step.JobId} got signal {name}, which was not sent before {wait.Deadline:O}");
        if (step.Outcome == "completed" && inTime && signal.Payload != step.Output)
            world.Fail("F3", $"job {step.JobId} got {step.Output} from signal {name}, which says {signal.Payload}");
        if (step.Outcome == "timed_out" && (inTime || !(wait.Deadline <= step.At)))
            world.Fail("F3", $"job {step.JobId} gave up signal {name} at {step.At:O}; its deadline is {wait.Deadline:O}, and it was {(inTime ? "" : "not ")}sent in time");
    }

    private sealed record Entry(
        long N, string What, Guid JobId, string Name, string? Kind, string? Outcome, string? Output, long Fence, DateTimeOffset? At,
        long JobFence);
}

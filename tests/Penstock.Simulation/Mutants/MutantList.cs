namespace Penstock.Simulation.Mutants;

/// <summary>At least one bug for each invariant the simulation watches.</summary>
internal static class MutantList
{
    private const string Fenced = "and status = 'running' and fence = @fence";
    private const string FenceIgnored = "and status = 'running' and @fence is not null";

    public static readonly IReadOnlyList<Mutant> All =
    [
        new("acknowledge-before-commit", "I1", "I2", "I3", "I8", "I14") { AcknowledgesBeforeCommit = true },
        new("prune-before-review", "I1")
        {
            Within = "finished_at < @before",
            Rewrites = [("and not exists (select 1 from dead_letter d where d.job_id = j.id and d.status in ('pending', 'in_review'))", "")],
        },
        new("no-fence-at-the-end", "I2", "I14") { Within = "update job", Rewrites = [(Fenced, FenceIgnored)] },
        new("no-fence-in-events", "I14", "I4")
        {
            Within = "insert into job_event",
            Rewrites = [("status = 'running' and fence = @fence", "@fence is not null")],
        },
        new("fence-given-again", "I2") { Rewrites = [("set value = value + 1 where name = 'fence'", "set value = value where name = 'fence'")] },
        new("claim-whatever-the-status", "I2", "I14", "I4", "I8") { Within = "attempt = attempt + 1", Rewrites = [("and status = 'queued'", "")] },
        new("lease-cut-short", "I3") { Rewrites = [("where heartbeat_at < @cutoff", "where julianday(heartbeat_at) < julianday(@cutoff) + 9.0 / 86400")] },
        new("cancel-what-has-ended", "I4") { Rewrites = [("where j.status in ('queued', 'running')", ""), ("and status in ('queued', 'running')", "")] },
        new("requeue-whatever-the-policy", "I4") { Within = "join queue q on q.name = j.queue_name where", Rewrites = [("q.finished", "'requeueable'")] },
        new("ledger-forgets-marks", "I5") { Within = "into batch_ledger", Rewrites = [("set done = excluded.done,", "set done = batch_ledger.done,")] },
        new("progress-counts-any-stage", "I5")
        {
            Within = "select b.stages, b.total",
            Rewrites = [("(select s.done from batch_stage s where s.parent_job_id = b.parent_job_id and s.stage = b.stages - 1)",
                         "(select sum(s.done) from batch_stage s where s.parent_job_id = b.parent_job_id)")],
        },
        new("effect-apart-from-its-mark", "I5") { CommitsEffectsApart = true },
        new("items-forget-their-holder", "I2", "I3", "I5", "I8") { Rewrites = [("delete from claim where kind = @kind and seq = @seq and fence = @fence", "delete from claim where kind = @kind and seq = @seq and @fence is not null")] },
        new("parent-closes-one-early", "I6", "I5", "I8") { Within = "b.failure_ratio", Rewrites = [("(select sum(s.failed)", "(select 1 + sum(s.failed)")] },
        new("parent-never-closes", "I6", "I8") { Within = "b.failure_ratio", Rewrites = [("(select sum(s.failed)", "(select -1 + sum(s.failed)")] },
        new("continuation-forgotten", "I6") { Within = "b.failure_ratio", Rewrites = [("select b.total, b.failure_ratio, b.continuation", "select b.total, b.failure_ratio, null")] },
        new("failures-not-counted", "I7") { Within = "update job", Rewrites = [("failures = failures + @failures", "failures = failures + 0 * @failures")] },
        new("deaths-not-counted", "I7", "I8") { Within = "set deaths = @deaths, worker_id", Rewrites = [("deaths = @deaths", "deaths = 0 * @deaths")] },
        new("no-recovery", "I8") { Rewrites = [("where not exists (select 1 from worker w where w.id = c.worker_id)", "where false")] },
        new("retries-without-a-hint", "I8") { Within = "insert into deferred", Rewrites = [("on conflict do nothing", "on conflict do nothing"), ("values (@run_at, @kind, @seq, @queue_id, @prio)", "select @run_at, @kind, @seq, @queue_id, @prio where @kind = 1")] },
        new("hardly-polls", "I8") { HardlyPolls = true },
        new("newest-first", "I9") { Within = "delete from ready", Rewrites = [("order by prio, kind, seq limit", "order by prio, kind, seq desc limit")] },
        new("priority-ignored", "I9") { Within = "insert into ready", Rewrites = [("values (@queue_id, @prio,", "values (@queue_id, 0 * @prio,"), ("select queue_id, prio, kind", "select queue_id, 0, kind"), ("select @queue_id, -priority,", "select @queue_id, 0,")] },
        new("limits-ignored", "I10") { Within = "q.max_running", Rewrites = [("when q.max_running is null then", "when true then")] },
        new("capacity-ignored", "I10") { Within = "from resource_hold h", Rewrites = [("sum(h.units)", "sum(0 * h.units)")] },
        new("holds-counted-not-their-units", "I10") { Within = "from resource_hold h", Rewrites = [("sum(h.units)", "sum(h.units > 0)")] },
        new("items-need-nothing", "I10") { Within = "insert into item", Rewrites = [("@now, s.resources", "@now, null")] },
        new("keys-without-limits", "I10") { Within = "when q.paused_at", Rewrites = [("q.max_running_per_key", "null")] },
        new("hold-leaked", "I8")
        {
            Within = "resource_hold",
            Rewrites = [("and seq = @seq and fence = @fence returning resource", "and seq = @seq and fence = -@fence returning resource"),
                        ("where not exists (select 1 from claim c", "where false and not exists (select 1 from claim c"),
                        ("join claim c on c.kind = h.kind and c.seq = h.seq and c.fence = h.fence", "")],
        },
        new("parked-never-returned", "I8") { Within = "from unpark u", Rewrites = [("u.at <= @now", "u.at <= @now and u.at is null")] },
        new("given-back-and-nobody-told", "I8") { Within = "with recursive waiting", Rewrites = [("where id is not null", "where id < 0")] },
        new("parked-are-overtaken", "I9") { Within = "from parked where", Rewrites = [("< (@prio, @kind, @seq) limit 1", "< (@prio, @kind, @seq) and prio is null limit 1")] },
        new("rate-off-by-one", "I10") { Within = "from rate_start", Rewrites = [("select (select n from", "select (select n - 1 from")] },
        new("rate-window-cut-short", "I10") { Within = "delete from rate_start", Rewrites = [("started_at <= @cutoff", "julianday(started_at) <= julianday(@cutoff) + 0.5 / 86400")] },
        new("rate-of-queues-ignored", "I10") { Within = "when q.paused_at", Rewrites = [("q.rate_count", "null")] },
        new("purge-cancels-what-runs", "I11")
        {
            Rewrites = [("select prio, kind, seq, '' from ready", "select prio, kind, seq, '' from (select queue_id, prio, kind, seq from ready union all select queue_id, 0, kind, seq from claim)"),
                        ("select id, priority, queue_name, status from job where seq = @seq", "select id, priority, queue_name, 'queued' from job where seq = @seq and status in ('queued', 'running')")],
        },
        new("reprioritise-loses-the-hint", "I8") { Within = "insert into ready", Rewrites = [("values (@queue_id, @prio, 0, @seq)", "select @queue_id, @prio, 0, @seq where @prio is null")] },
        new("reprioritise-leaves-the-hint", "I9") { Within = "delete from ready where queue_id", Rewrites = [("and kind = 0 and seq = @seq", "and kind = 0 and seq = @seq and prio is null")] },
        new("reprioritise-without-an-event", "I14") { Within = "insert into job_event", Rewrites = [("values (@job_id, @now, @level, @event, @message, @fields)", "select @job_id, @now, @level, @event, @message, @fields where @event <> 'job.reprioritised'")] },
        new("pause-ignored-for-items", "I11") { Within = "q.max_running", Rewrites = [("when q.paused_at is not null then 0", "when q.paused_at is not null and not exists (select 1 from ready r where r.queue_id = q.id and r.kind = 1) then 0")] },
        new("drain-not-heard", "I11") { Within = "update worker", Rewrites = [("returning drain_requested_at is not null", "returning drain_requested_at is null and false")] },
        new("pause-ignored", "I11") { Within = "q.max_running", Rewrites = [("when q.paused_at is not null then 0", "when false then 0")] },
        new("depends-on-stored-and-ignored", "F1") { Rewrites = [("select status from job where id = @id", "select case when @id <> '' then 'succeeded' end")] },
        new("one-dependency-is-enough", "F1") { Within = "set waiting_for = null", Rewrites = [("and not exists (select 1 from job_dependency d where d.job_id = job.id and d.resolved_at is null)", "")] },
        new("dependents-forgotten", "F1", "I8") { Rewrites = [("update job set ties = ties | @tie where id = @id", "update job set ties = ties | @tie where id = @id and @tie <> 1")] },
        new("failed-dependency-is-good-enough", "F1") { Within = "@passes_holds", Rewrites = [("select job_id, step, position, on_failure", "select job_id, step, position, 'run'")] },
        new("unique-key-not-checked", "F2")
        {
            Within = "job_unique",
            Rewrites = [("where key = @key", "where key = @key and false"), ("on conflict (key) do nothing", "on conflict (key) do update set job_id = excluded.job_id")],
        },
        new("unique-key-not-released", "F2") { Rewrites = [("delete from job_unique where job_id = @id", "delete from job_unique where job_id = @id and false")] },
        new("step-stored-by-an-older-attempt", "I13", "I14", "I4") { Within = "update job set ties = ties | @tie", Rewrites = [("and status = 'running' and fence = @fence and waiting_for is null", "and @fence is not null")] },
        new("step-overwritten", "I13")
        {
            Within = "job_step",
            Rewrites = [("on conflict (job_id, name) do nothing", "on conflict (job_id, name) do update set output = excluded.output"), ("from job_step where job_id = @id", "from job_step where job_id = @id and false")],
        },
        new("steps-forgotten", "I13", "I8") { Rewrites = [("select name, kind, outcome, output from job_step where job_id = @id", "select name, kind, outcome, output from job_step where job_id = @id and false")] },
        new("signal-lost-between-look-and-wait", "F3") { Within = "from signal_wait w where w.job_id", Rewrites = [("(select 1 from signal s where s.name = w.name)", "null")] },
        new("signal-wakes-nobody", "F3") { Within = "w.name = @name and j.status", Rewrites = [("where w.name = @name", "where w.name = @name and false")] },
        new("later-signal-wins", "F3") { Within = "into signal (", Rewrites = [("on conflict (name) do nothing", "on conflict (name) do update set payload = excluded.payload")] },
        new("deadline-forgotten", "F3", "I8") { Within = "into signal_wait", Rewrites = [("@now, @deadline)", "@now, case when @deadline is null then null end)")] },
        new("sleepers-never-wake", "I8") { Within = "insert into deferred", Rewrites = [("values (@run_at, @kind, @seq, @queue_id, @prio)", "select @run_at, @kind, @seq, @queue_id, @prio where not exists (select 1 from job j where j.seq = @seq and j.waiting_for = 'sleep')")] },
        new("children-started-by-every-execution", "F4") { Within = "insert into job_dependency", Rewrites = [("values (@id, @step, @position, @child, 'run', @resolved_at, @resolution)", "select @id, @step, @position, @child, 'run', @resolved_at, @resolution where @position > 0")] },
        new("two-schedulers-fire-twice", "I12") { TicksApart = true, Rewrites = [("where leadership.holder = excluded.holder or leadership.until_at < @now or", "where true or @now is null or")] },
        new("schedule-stays-and-key-forgotten", "I12")
        {
            Rewrites =
            [
                ("set next_at = @next_at, last_slot_at = @settled", "set next_at = coalesce(next_at, @next_at), last_slot_at = coalesce(last_slot_at, @settled)"),
                ("@max_attempts, @timeout_seconds, @idempotency_key, @resources)", "@max_attempts, @timeout_seconds, case when @idempotency_key like 'schedule:%' then null else @idempotency_key end, @resources)"),
            ],
        },
        new("schedule-moves-without-its-job", "I12") { Within = "insert into job (", Rewrites = [("on conflict (id) do nothing", "on conflict (id) do nothing"), ("values (@id, @operation, @queue_name, 'queued',", "select @id, @operation, @queue_name, 'queued',"), ("@max_attempts, @timeout_seconds, @idempotency_key, @resources)", "@max_attempts, @timeout_seconds, @idempotency_key, @resources where @idempotency_key is null or @idempotency_key not like 'schedule:%'")] },
        new("misfire-policy-ignored", "I12") { Within = "from schedule s", Rewrites = [("s.misfire,", "'catch_up',")] },
        new("misfire-limit-ignored", "I12") { Within = "from schedule s", Rewrites = [("s.catch_up_max,", "9 + s.catch_up_max,")] },
        new("resume-makes-up-for-the-pause", "I12") { Within = "set paused_at = null", Rewrites = [("next_at = @next_at", "next_at = coalesce(next_at, @next_at)")] },
        new("pause-of-schedule-ignored", "I12")
        {
            Rewrites =
            [
                ("where paused_at is null and next_at <= @now", "where next_at <= @now"), ("and next_at = @from and paused_at is null", "and next_at = @from"),
                ("s.paused_at, s.paused_by, s.error_message", "null, s.paused_by, s.error_message"),
            ],
        },
        new("clock-set-back-forgets-what-was-settled", "I12") { Within = "from schedule s", Rewrites = [("s.next_at, s.last_slot_at,", "s.next_at, null,")] },
        new("schedules-are-forgotten", "I12") { Within = "select name from schedule", Rewrites = [("next_at <= @now", "next_at <= @now and name <> 's2'")] },
        new("cancel-without-an-event", "I14") { Within = "insert into job_event", Rewrites = [("values (@job_id, @now, @level, @event, @message, @fields)", "select @job_id, @now, @level, @event, @message, @fields where @event <> 'job.cancelled'")] },
        new("loss-without-an-event", "I14") { Within = "insert into job_event", Rewrites = [("values (@job_id, @now, @level, @event, @message, @fields)", "select @job_id, @now, @level, @event, @message, @fields where @event <> 'job.lost'")] },
        new("payloads-in-the-clear", "E1") { Sealing = Faults.Forgetfulness.Payloads },
        new("results-in-the-clear", "E1") { Sealing = Faults.Forgetfulness.Results },
        new("sealed-for-nobody", "E1") { Sealing = Faults.Forgetfulness.Owners },
        new("reaper-without-stall", "I15") { Within = "j.started_at < @started_before", Rewrites = [("(select e.ts from job_event e where e.job_id = j.id order by e.id desc limit 1)", "null")] },
        new("reaper-without-patience", "I15") { Within = "j.started_at < @started_before", Rewrites = [("j.started_at < @started_before", "@started_before is not null")] },
    ];
}

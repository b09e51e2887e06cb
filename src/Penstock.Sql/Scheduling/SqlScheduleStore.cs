using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Scheduling;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Sql.Jobs;

namespace Penstock.Sql.Scheduling;

/// <summary>The schedules over any <see cref="SqlDatabase"/>.</summary>
public sealed class SqlScheduleStore(SqlDatabase database, IWakeUps wakeUps, TimeProvider time, IdGenerator ids) : IScheduleStore
{
    private const string FindSql = $"select {ScheduleRow.Columns} from schedule s where s.name = @name";

    private const string ListSql = $"select {ScheduleRow.Columns} from schedule s order by s.name";

    private const string DueSql = """
        select name from schedule where paused_at is null and next_at <= @now order by next_at, name limit @limit
        """;

    // Moves on only from the slot it was read at: of two schedulers the second changes nothing.
    private const string AdvanceSql = """
        update schedule
           set next_at = @next_at, last_slot_at = @settled, error_message = null
         where name = @name and next_at = @from and paused_at is null
        """;

    private const string NoteErrorSql = "update schedule set error_message = @message where name = @name";

    private const string RemoveSql = "delete from schedule where name = @name";

    private const string PauseSql = """
        update schedule set paused_at = @now, paused_by = @by, updated_at = @now where name = @name and paused_at is null
        """;

    private const string ResumeSql = """
        update schedule set paused_at = null, paused_by = null, next_at = @next_at, error_message = null, updated_at = @now
         where name = @name and paused_at is not null
        """;

    private const string RanSql = "update schedule set last_job_id = @job_id where name = @name";

    // A range of the key's unique index, walked backwards.
    private const string RunsSql = $"""
        select {JobRow.Columns} from job j where j.idempotency_key >= @from and j.idempotency_key < @to
         order by j.idempotency_key desc limit @limit
        """;

    private readonly StoreCalls _calls = new(database, wakeUps, time, ids, new QueueTable());

    public Task<IReadOnlyList<Schedule>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement list = session.Statement(ListSql);
                return (IReadOnlyList<Schedule>)await list.QueryAsync(ScheduleRow.Read, token);
            },
            cancellationToken);

    public Task<Schedule?> FindAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync((session, token) => ScheduleRow.FindAsync(session, FindSql, name, token), cancellationToken);

    public Task<IReadOnlyList<string>> DueAsync(int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = session.Statement(DueSql).Bind("now", time.GetUtcNow()).Bind("limit", limit);
                return (IReadOnlyList<string>)await read.QueryAsync(row => row.GetString(0), token);
            },
            cancellationToken);

    public Task<ScheduleTick?> TickAsync(
        string name, Func<Schedule, DateTimeOffset, TickPlan> plan, CancellationToken cancellationToken) =>
        _calls.RunAsync(
            async (write, token) =>
            {
                Schedule? schedule = await ScheduleRow.FindAsync(write.Session, FindSql, name, token);
                if (schedule?.NextAt is not { } from || from > write.Now || schedule.PausedAt is not null)
                    return null;
                TickPlan planned = plan(schedule, write.Now);
                using (SqlStatement advance = write.Session.Statement(AdvanceSql)
                    .Bind("name", name).Bind("from", from).Bind("next_at", planned.NextAt).Bind("settled", planned.SettledSlot))
                {
                    if (await advance.ExecuteAsync(token) == 0)
                        return null; // Another scheduler was here between the read and the write.
                }
                List<Guid> made = [];
                foreach (JobDraft draft in planned.Jobs)
                {
                    EnqueueResult result = await EnqueueWriter.WriteAsync(write, draft, token);
                    if (!result.Existed)
                        made.Add(result.JobId);
                }
                if (made.Count > 0)
                    await RanAsync(write, name, made[^1], token);
                return new ScheduleTick(schedule, planned, made);
            },
            cancellationToken);

    public Task NoteErrorAsync(string name, string message, CancellationToken cancellationToken) =>
        _calls.RunAsync(
            async (write, token) =>
            {
                using SqlStatement note = write.Session.Statement(NoteErrorSql).Bind("name", name).Bind("message", message);
                return await note.ExecuteAsync(token);
            },
            cancellationToken);

    public Task<(Schedule Schedule, bool IsNew)> SetAsync(
        ScheduleDefinition definition, Func<DateTimeOffset, DateTimeOffset?> next, CancellationToken cancellationToken) =>
        _calls.RunAsync(
            async (write, token) =>
            {
                Schedule? known = await ScheduleRow.FindAsync(write.Session, FindSql, definition.Name, token);
                RefuseDeclared(known);
                await ScheduleWriter.SetAsync(write, definition, known, isDeclared: false, (_, after) => next(after), token);
                return (await RequireAsync(write, definition.Name, token), known is null);
            },
            cancellationToken);

    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        _calls.RunAsync(
            async (write, token) =>
            {
                RefuseDeclared(await RequireAsync(write, name, token));
                using SqlStatement remove = write.Session.Statement(RemoveSql).Bind("name", name);
                return await remove.ExecuteAsync(token);
            },
            cancellationToken);

    public Task<Schedule> PauseAsync(string name, string by, CancellationToken cancellationToken) =>
        _calls.RunAsync(
            async (write, token) =>
            {
                using SqlStatement pause = write.Session.Statement(PauseSql).Bind("name", name).Bind("by", by).Bind("now", write.Now);
                await pause.ExecuteAsync(token);
                return await RequireAsync(write, name, token);
            },
            cancellationToken);

    public Task<Schedule> ResumeAsync(
        string name, Func<Schedule, DateTimeOffset, DateTimeOffset?> next, CancellationToken cancellationToken) =>
        _calls.RunAsync(
            async (write, token) =>
            {
                Schedule known = await RequireAsync(write, name, token);
                if (known.PausedAt is null)
                    return known;
                using SqlStatement resume = write.Session.Statement(ResumeSql)
                    .Bind("name", name).Bind("now", write.Now).Bind("next_at", next(known, ScheduleWriter.Settled(known, write.Now)));
                await resume.ExecuteAsync(token);
                return await RequireAsync(write, name, token);
            },
            cancellationToken);

    public Task<Guid> RunNowAsync(string name, Func<Schedule, DateTimeOffset, JobDraft> plan, CancellationToken cancellationToken) =>
        _calls.RunAsync(
            async (write, token) =>
            {
                JobDraft draft = plan(await RequireAsync(write, name, token), write.Now);
                EnqueueResult result = await EnqueueWriter.WriteAsync(write, draft, token);
                await RanAsync(write, name, result.JobId, token);
                return result.JobId;
            },
            cancellationToken);

    public Task DeclareAsync(
        IReadOnlyList<ScheduleDefinition> definitions, Func<ScheduleDefinition, DateTimeOffset, DateTimeOffset?> next,
        CancellationToken cancellationToken) =>
        definitions.Count == 0
            ? Task.CompletedTask
            : _calls.RunAsync(
                async (write, token) =>
                {
                    foreach (ScheduleDefinition definition in definitions)
                    {
                        Schedule? known = await ScheduleRow.FindAsync(write.Session, FindSql, definition.Name, token);
                        await ScheduleWriter.SetAsync(write, definition, known, isDeclared: true, next, token);
                    }
                    return true;
                },
                cancellationToken);

    public async Task<IReadOnlyList<string>> RetireAsync(IReadOnlyCollection<string> declared, CancellationToken cancellationToken)
    {
        // Looked at first: at nearly every start there is nothing to write.
        string[] vanished = [.. (await ListAsync(cancellationToken))
            .Where(s => s.IsDeclared && s.PausedAt is null && !declared.Contains(s.Name)).Select(s => s.Name)];
        foreach (string name in vanished)
            await PauseAsync(name, Schedule.Undeclared, cancellationToken);
        return vanished;
    }

    public Task<IReadOnlyList<ScheduleRun>> RunsAsync(string name, DateTimeOffset? before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = session.Statement(RunsSql)
                    .Bind("from", SlotKey.Prefix(name)).Bind("to", before is { } slot ? SlotKey.Bound(name, slot) : SlotKey.End(name))
                    .Bind("limit", limit);
                List<Job> jobs = await read.QueryAsync(JobRow.Read, token);
                List<ScheduleRun> runs = [];
                foreach (Job job in jobs)
                {
                    if (SlotKey.Read(name, job.IdempotencyKey!) is { } key)
                        runs.Add(new ScheduleRun(job, key.Slot, key.ByHand));
                }
                return (IReadOnlyList<ScheduleRun>)runs;
            },
            cancellationToken);

    private static async Task RanAsync(StoreWrite write, string name, Guid jobId, CancellationToken cancellationToken)
    {
        using SqlStatement ran = write.Session.Statement(RanSql).Bind("name", name).Bind("job_id", jobId);
        await ran.ExecuteAsync(cancellationToken);
    }

    private static async Task<Schedule> RequireAsync(StoreWrite write, string name, CancellationToken cancellationToken) =>
        await ScheduleRow.FindAsync(write.Session, FindSql, name, cancellationToken) ?? throw new ScheduleNotFoundException(name);

    // One the program no longer declares has no other place to be changed at.
    private static void RefuseDeclared(Schedule? schedule)
    {
        if (schedule is { IsDeclared: true, PausedBy: not Schedule.Undeclared })
            throw new ScheduleDeclaredException(schedule.Name);
    }
}

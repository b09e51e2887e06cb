using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Jobs that wait for other jobs: blocking them at enqueue, and letting them go, or ending them, when the others end.</summary>
/// <remarks>
/// A dependency must exist when it is named, so no circle can be made. A blocked job is queued and has no hint; the row says
/// <c>waiting_for = 'dependencies'</c>, and a claim through a stale hint refuses it.
/// </remarks>
internal static class DependencyWriter
{
    /// <summary>Dependents touched in one transaction at most (about 20 ms); the next one goes on.</summary>
    public const int DependentsMax = 1_000;

    private const string StatusSql = "select status from job where id = @id";

    private const string InsertSql = """
        insert into job_dependency (job_id, step, position, depends_on_id, on_failure, resolved_at, resolution)
        values (@job_id, '', @position, @depends_on_id, @on_failure, @resolved_at, @resolution)
        """;

    private const string TieSql = "update job set ties = ties | @tie where id = @id";

    private const string OpenSql = """
        select job_id, step, position, on_failure from job_dependency
         where depends_on_id = @id and resolved_at is null and (@passes_holds = 1 or on_failure <> 'hold')
         order by job_id limit @limit
        """;

    private const string ResolveSql = """
        update job_dependency set resolved_at = @now, resolution = @resolution
         where job_id = @job_id and step = @step and position = @position
        """;

    private const string AbandonSql = """
        update job_dependency set resolved_at = @now, resolution = 'abandoned' where job_id = @id and resolved_at is null
        """;

    // Children that a step awaits are not among them: without their ends the job could not go on.
    private const string ReleaseSql = """
        update job_dependency set resolved_at = @now, resolution = 'released' where job_id = @id and step = '' and resolved_at is null
        """;

    private const string UnblockSql = """
        update job set waiting_for = null
         where id = @id and status = 'queued' and waiting_for = 'dependencies'
           and not exists (select 1 from job_dependency d where d.job_id = job.id and d.resolved_at is null)
        returning seq, queue_name, priority, run_at
        """;

    private const string RememberSql = """
        insert into unsettled (subject, ending) values (@subject, @ending) on conflict (subject) do update set ending = excluded.ending
        """;

    private const string TakeUnsettledSql = """
        delete from unsettled where subject = (select min(subject) from unsettled) returning subject, ending
        """;

    /// <summary>How an end counts for those who wait for it.</summary>
    public static string TextOf(EndedJob job, JobStatus status) => job.IsDeleted ? "deleted" : status.ToText();

    /// <summary>Stores what a new job waits for.</summary>
    /// <exception cref="DependencyNotFoundException"/>
    public static async Task<Blocking> BlockAsync(StoreWrite write, JobDraft draft, CancellationToken cancellationToken)
    {
        Blocking blocking = new(false, null, null);
        for (int i = 0; i < draft.DependsOn.Count; i++)
        {
            Guid dependency = draft.DependsOn[i];
            using SqlStatement read = write.Session.Statement(StatusSql).Bind("id", dependency);
            JobStatus status = JobStatusText.Parse(
                await read.ScalarAsync<string>(cancellationToken) ?? throw new DependencyNotFoundException(dependency));
            DependencyFailurePolicy policy = draft.OnDependencyFailure;
            bool isOpen = !status.IsTerminal() || (status != JobStatus.Succeeded && policy == DependencyFailurePolicy.Hold);
            using SqlStatement insert = write.Session.Statement(InsertSql)
                .Bind("job_id", draft.Id).Bind("position", i).Bind("depends_on_id", dependency).Bind("on_failure", policy.ToText())
                .Bind("resolved_at", isOpen ? null : write.Now).Bind("resolution", isOpen ? null : status.ToText());
            await insert.ExecuteAsync(cancellationToken);
            if (isOpen)
            {
                await TieAsync(write, dependency, JobTies.Dependents, cancellationToken);
                blocking = blocking with { IsBlocked = true };
            }
            else if (status != JobStatus.Succeeded && policy == DependencyFailurePolicy.Cancel)
            {
                blocking = blocking with { EndedBy = dependency, EndedAs = status.ToText() };
            }
        }
        return blocking;
    }

    /// <summary>Marks a job so that its end looks after what hangs on it.</summary>
    public static async Task TieAsync(StoreWrite write, Guid jobId, JobTies tie, CancellationToken cancellationToken)
    {
        using SqlStatement update = write.Session.Statement(TieSql).Bind("id", jobId).Bind("tie", (int)tie);
        await update.ExecuteAsync(cancellationToken);
    }

    /// <summary>A job has ended: lets go those who waited for it, cancels or keeps them, each by its policy.</summary>
    public static async Task ResolveAsync(StoreWrite write, Guid jobId, string end, CancellationToken cancellationToken)
    {
        bool succeeded = end == "succeeded";
        using SqlStatement read = write.Session.Statement(OpenSql).Bind("id", jobId)
            .Bind("passes_holds", succeeded || end == "deleted" ? 1 : 0).Bind("limit", write.DependentsLeft + 1);
        List<Waiting> waiting = await read.QueryAsync(
            row => new Waiting(row.GetGuid(0), row.GetString(1), row.GetInt32(2), row.GetString(3)), cancellationToken);
        if (waiting.Count > write.DependentsLeft)
        {
            waiting.RemoveAt(waiting.Count - 1);
            await RememberAsync(write, $"{jobId}", end, cancellationToken);
        }
        write.DependentsLeft -= waiting.Count;
        foreach (Waiting dependent in waiting)
        {
            using (SqlStatement resolve = write.Session.Statement(ResolveSql)
                .Bind("job_id", dependent.JobId).Bind("step", dependent.Step).Bind("position", dependent.Position)
                .Bind("now", write.Now).Bind("resolution", end == "deleted" ? "cancelled" : end))
            {
                await resolve.ExecuteAsync(cancellationToken);
            }
            if (succeeded || dependent.OnFailure == "run")
                await UnblockAsync(write, dependent.JobId, "{}", cancellationToken);
            else
                await CancelWriter.CancelAsync(write, dependent.JobId, ReasonOf(jobId, end), cancellationToken);
        }
    }

    public static string ReasonOf(Guid dependency, string end) => $"its dependency {dependency} was {(end == "failed" ? "a failure" : end)}";

    /// <summary>Puts a blocked job into its queue if nothing is left to wait for.</summary>
    public static async Task<bool> UnblockAsync(StoreWrite write, Guid jobId, string fields, CancellationToken cancellationToken)
    {
        using SqlStatement unblock = write.Session.Statement(UnblockSql).Bind("id", jobId);
        List<(long Seq, string Queue, int Priority, DateTimeOffset? RunAt)> free = await unblock.QueryAsync(
            row => (row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.InstantOrNull(3)), cancellationToken);
        if (free.Count == 0)
            return false;
        await write.EventAsync(jobId, JobEventNames.Unblocked, fields, cancellationToken);
        await write.HintAsync(UnitKind.Job, free[0].Seq, free[0].Queue, free[0].Priority, free[0].RunAt, cancellationToken);
        return true;
    }

    /// <summary>A job ends while it waits: whatever its dependencies do now is nothing to it.</summary>
    public static async Task AbandonAsync(StoreWrite write, Guid jobId, CancellationToken cancellationToken)
    {
        using SqlStatement abandon = write.Session.Statement(AbandonSql).Bind("id", jobId).Bind("now", write.Now);
        await abandon.ExecuteAsync(cancellationToken);
    }

    /// <summary>Leaves the rest of those who wait for a job or a signal to the next transaction.</summary>
    public static async Task RememberAsync(StoreWrite write, string subject, string ending, CancellationToken cancellationToken)
    {
        using SqlStatement remember = write.Session.Statement(RememberSql).Bind("subject", subject).Bind("ending", ending);
        await remember.ExecuteAsync(cancellationToken);
        write.IsUnsettled = true;
    }

    /// <summary>A person decides that a blocked job need not wait for its dependencies any longer.</summary>
    /// <exception cref="JobNotFoundException"/>
    /// <exception cref="JobNotBlockedException"/>
    public static async Task ReleaseAsync(StoreWrite write, Guid jobId, string? by, CancellationToken cancellationToken)
    {
        using SqlStatement read = write.Session.Statement(StatusSql).Bind("id", jobId);
        if (await read.ScalarAsync<string>(cancellationToken) is null)
            throw new JobNotFoundException(jobId);
        using SqlStatement release = write.Session.Statement(ReleaseSql).Bind("id", jobId).Bind("now", write.Now);
        string fields = by is null ? "{}" : StoreWrite.Field("by", StoreWrite.Quote(by));
        if (await release.ExecuteAsync(cancellationToken) == 0 || !await UnblockAsync(write, jobId, fields, cancellationToken))
            throw new JobNotBlockedException(jobId);
    }

    /// <summary>Goes on with one ended job, or one signal, for which more waited than a transaction takes.</summary>
    public static async Task SettleOneAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        using SqlStatement take = write.Session.Statement(TakeUnsettledSql);
        List<(string Subject, string End)> found = await take.QueryAsync(row => (row.GetString(0), row.GetString(1)), cancellationToken);
        if (found.Count == 0)
            return;
        write.IsUnsettled = true; // There may be another.
        if (found[0].End == SignalWriter.Sent)
            await SignalWriter.WakeAsync(write, found[0].Subject, cancellationToken);
        else
            await ResolveAsync(write, Guid.Parse(found[0].Subject), found[0].End, cancellationToken);
    }

    private sealed record Waiting(Guid JobId, string Step, int Position, string OnFailure);
}

/// <summary>What became of a new job's dependencies.</summary>
/// <param name="EndedBy">A dependency that had ended badly already, and whose policy is to cancel.</param>
internal sealed record Blocking(bool IsBlocked, Guid? EndedBy, string? EndedAs);

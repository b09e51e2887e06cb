using Penstock.Engine.Jobs;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Durable steps: written once, by the holder of the job's fence, with their event.</summary>
internal static class StepWriter
{
    // The guard of every write of a running job's flow: no row, no right.
    private const string HoldSql = """
        update job set ties = ties | @tie
         where seq = @seq and status = 'running' and fence = @fence and waiting_for is null
        """;

    private const string InsertSql = """
        insert into job_step (job_id, name, kind, outcome, output, fence, attempt, finished_at, duration_seconds)
        values (@job_id, @name, @kind, @outcome, @output, @fence, @attempt, @now, @duration_seconds)
        on conflict (job_id, name) do nothing
        """;

    private const string ListSql = "select name, kind, outcome, output from job_step where job_id = @id";

    /// <summary>Makes sure the job is still this execution's, and marks what it will have.</summary>
    /// <exception cref="LeaseLostException"/>
    public static async Task HoldAsync(StoreWrite write, JobLease lease, JobTies tie, CancellationToken cancellationToken)
    {
        using SqlStatement hold = write.Session.Statement(HoldSql)
            .Bind("seq", lease.Seq).Bind("fence", lease.Fence).Bind("tie", (int)tie);
        if (await hold.ExecuteAsync(cancellationToken) == 0)
            throw new LeaseLostException(lease.Unit, lease.Attempt, lease.WorkerId, lease.ClaimedAt);
    }

    /// <exception cref="LeaseLostException"/>
    public static async Task StoreAsync(StoreWrite write, JobLease lease, StepDraft step, CancellationToken cancellationToken)
    {
        await HoldAsync(write, lease, JobTies.Steps, cancellationToken);
        await InsertAsync(
            write, lease, new StoredStep(step.Name, step.Kind, StepOutcome.Completed, step.Output), step.Duration, cancellationToken);
    }

    /// <summary>Writes a decided step; the caller holds the job.</summary>
    public static async Task InsertAsync(
        StoreWrite write, JobLease lease, StoredStep step, TimeSpan duration, CancellationToken cancellationToken)
    {
        using SqlStatement insert = write.Session.Statement(InsertSql)
            .Bind("job_id", lease.JobId).Bind("name", step.Name).Bind("kind", step.Kind.ToText()).Bind("outcome", step.Outcome.ToText())
            .Bind("output", step.Output).Bind("fence", lease.Fence).Bind("attempt", lease.Attempt).Bind("now", write.Now)
            .Bind("duration_seconds", duration.TotalSeconds);
        if (await insert.ExecuteAsync(cancellationToken) == 0)
            return;
        (string name, JobEventLevel level) = step.Outcome switch
        {
            StepOutcome.TimedOut => (JobEventNames.StepTimedOut, JobEventLevel.Warning),
            StepOutcome.Failed => (JobEventNames.StepFailed, JobEventLevel.Warning),
            _ => (JobEventNames.StepCompleted, JobEventLevel.Info),
        };
        string fields = $"{{\"step\":{StoreWrite.Quote(step.Name)},\"kind\":\"{step.Kind.ToText()}\"," +
            FormattableString.Invariant($"\"duration_seconds\":{duration.TotalSeconds:0.######}}}");
        await write.EventAsync(lease.JobId, name, fields, cancellationToken, level);
    }

    public static async Task<IReadOnlyList<StoredStep>> ListAsync(SqlSession session, Guid jobId, CancellationToken cancellationToken)
    {
        using SqlStatement list = session.Statement(ListSql).Bind("id", jobId);
        return await list.QueryAsync(
            row => new StoredStep(
                row.GetString(0), StepText.ParseKind(row.GetString(1)), StepText.ParseOutcome(row.GetString(2)), row.GetString(3)),
            cancellationToken);
    }
}

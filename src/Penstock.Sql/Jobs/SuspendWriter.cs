using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Takes a job off its slot that sleeps or waits, unless what it waits for has come meanwhile.</summary>
internal static class SuspendWriter
{
    private const string SuspendSql = """
        update job
           set status = 'queued', worker_id = null, started_at = null, waiting_for = @waiting_for, run_at = @run_at, ties = ties | @tie
         where seq = @seq and status = 'running' and fence = @fence and waiting_for is null
        returning priority
        """;

    // Between its look and now it may have been sent.
    private const string WaitSql = """
        select w.name, w.deadline, (select 1 from signal s where s.name = w.name)
          from signal_wait w where w.job_id = @id and w.step = @step
        """;

    private const string OpenSql = """
        select count(*) from job_dependency where job_id = @id and resolved_at is null
        """;

    /// <returns>False: the lease was gone; nothing was written.</returns>
    public static async Task<bool> WriteAsync(StoreWrite write, Completion.Suspended suspended, CancellationToken cancellationToken)
    {
        JobLease lease = suspended.Job;
        Plan plan = suspended.Wait switch
        {
            Suspension.Sleep sleep => new Plan(
                "sleep", sleep.WakeAt, JobEventNames.Sleeping, Fields(sleep.Step, $"\"wake_at\":\"{sleep.WakeAt.UtcDateTime:O}\""), JobTies.Steps),
            Suspension.Signal signal => await OfSignalAsync(write, lease.JobId, signal.Step, cancellationToken),
            Suspension.Children children => await OfChildrenAsync(write, lease.JobId, children.Step, cancellationToken),
            _ => throw new InvalidOperationException($"No job waits by {suspended.Wait.GetType().Name}."),
        };
        using SqlStatement suspend = write.Session.Statement(SuspendSql)
            .Bind("seq", lease.Seq).Bind("fence", lease.Fence).Bind("waiting_for", plan.WaitingFor).Bind("run_at", plan.RunAt)
            .Bind("tie", (int)plan.Tie);
        List<int> priority = await suspend.QueryAsync(row => row.GetInt32(0), cancellationToken);
        if (priority.Count == 0)
            return false;
        await write.EventAsync(lease.JobId, plan.Event, plan.Fields, cancellationToken);
        if (suspended.Wait is Suspension.Sleep { WakeAt: var wakeAt, Step: var step })
        {
            StoredStep wake = new(step, StepKind.Sleep, StepOutcome.Completed, PayloadJson.Write(wakeAt));
            await StepWriter.InsertAsync(write, lease, wake, wakeAt - write.Now, cancellationToken);
        }
        // Without an instant, what it waits for puts the hint: the last child, or the signal.
        if (plan.WaitingFor is null || plan.RunAt is not null)
            await write.HintAsync(UnitKind.Job, lease.Seq, lease.QueueName, priority[0], plan.RunAt, cancellationToken);
        return true;
    }

    private static async Task<Plan> OfSignalAsync(StoreWrite write, Guid jobId, string step, CancellationToken cancellationToken)
    {
        using SqlStatement read = write.Session.Statement(WaitSql).Bind("id", jobId).Bind("step", step);
        List<(string Name, DateTimeOffset? Deadline, bool IsSent)> wait = await read.QueryAsync(
            row => (row.GetString(0), row.InstantOrNull(1), !row.IsDBNull(2)), cancellationToken);
        // No wait is left only if the lease is lost, which the caller finds out.
        if (wait.Count == 0 || wait[0].IsSent)
            return new Plan(null, null, JobEventNames.AwaitsSignal, Fields(step, "\"sent\":true"), JobTies.None);
        string deadline = wait[0].Deadline is { } instant ? $"\"{instant.UtcDateTime:O}\"" : "null";
        return new Plan(
            "signal", wait[0].Deadline, JobEventNames.AwaitsSignal,
            Fields(step, $"\"signal\":{StoreWrite.Quote(wait[0].Name)},\"deadline\":{deadline}"), JobTies.Signals);
    }

    private static async Task<Plan> OfChildrenAsync(StoreWrite write, Guid jobId, string step, CancellationToken cancellationToken)
    {
        using SqlStatement count = write.Session.Statement(OpenSql).Bind("id", jobId);
        long open = await count.ScalarAsync<long>(cancellationToken);
        return new Plan(
            open == 0 ? null : "dependencies", null, JobEventNames.AwaitsChildren, Fields(step, $"\"children\":{open}"), JobTies.Dependencies);
    }

    private static string Fields(string step, string more) => $"{{\"step\":{StoreWrite.Quote(step)},{more}}}";

    /// <param name="WaitingFor">Null: what it wanted to wait for has come; it goes on at once.</param>
    private sealed record Plan(string? WaitingFor, DateTimeOffset? RunAt, string Event, string Fields, JobTies Tie);
}

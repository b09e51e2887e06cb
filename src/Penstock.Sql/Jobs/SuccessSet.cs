using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>The plain successes of an exchange, ended by one statement; for databases where each statement is a round trip.</summary>
internal static class SuccessSet
{
    // Rows are addressed by an array: joined with one, the whole table may be read. Each must have its own fence. Claims are looked
    // up one by one: few are alive, so a plan for all at once reads the whole kind, and whatever of it no vacuum has taken away yet.
    private const string EndSql = """
        with done as (
            update job
               set status = 'succeeded', finished_at = @now, error_code = null, error_message = null,
                   result = (cast(@results as json[]))[array_position(@seqs, seq)]
             where seq = any(@seqs) and status = 'running' and waiting_for is null and ties = 0
               and fence = (cast(@fences as bigint[]))[array_position(@seqs, seq)]
            returning seq, id),
        told as (
            insert into job_event (job_id, ts, level, event, message, fields)
            select id, @now, 'info', @event, null, (cast(@fields as json[]))[array_position(@seqs, seq)] from done),
        freed as (
            delete from claim
             where ctid = any(array(
                select c.ctid from done d cross join lateral (select ctid from claim where kind = @kind and seq = d.seq limit 1) c)))
        select seq from done
        """;

    /// <returns>What is left to be written one by one: other ends, and those that were tied or whose lease was gone.</returns>
    public static async Task<IReadOnlyList<Completion>> WriteAsync(
        StoreWrite write, IReadOnlyList<Completion> completions, CancellationToken cancellationToken)
    {
        List<Completion> rest = [];
        Dictionary<long, Success> plain = [];
        foreach (Completion completion in completions)
        {
            // The same unit twice, under two fences: the second is looked at by itself.
            if (PlainOf(completion) is not { } success || !plain.TryAdd(success.Lease.Seq, success))
                rest.Add(completion);
        }
        if (plain.Count == 0)
            return rest;
        HashSet<long> ended = await EndAsync(write, [.. plain.Values], cancellationToken);
        foreach (Success success in plain.Values)
        {
            JobLease lease = success.Lease;
            if (!ended.Contains(lease.Seq))
                rest.Add(success.Completion);
            else
                await EndingWriter.EndedAsync(
                    write, new EndedJob(lease.JobId, lease.QueueName, lease.ParentJobId, JobTies.None), JobStatus.Succeeded, cancellationToken);
        }
        return rest;
    }

    private static async Task<HashSet<long>> EndAsync(StoreWrite write, List<Success> plain, CancellationToken cancellationToken)
    {
        using SqlStatement end = write.Session.Statement(EndSql)
            .Bind("now", write.Now).Bind("event", JobEventNames.Succeeded).Bind("kind", UnitKind.Job)
            .Bind("seqs", new SqlList<long>(plain.ConvertAll(s => s.Lease.Seq)))
            .Bind("fences", new SqlList<long>(plain.ConvertAll(s => s.Lease.Fence)))
            .Bind("results", new SqlList<string>(plain.ConvertAll(s => s.Result)))
            .Bind("fields", new SqlList<string>(plain.ConvertAll(s => StoreWrite.Field("result", s.Result))));
        return [.. await end.QueryAsync(row => row.GetInt64(0), cancellationToken)];
    }

    private static Success? PlainOf(Completion completion) => completion is Completion.JobReturned
    {
        Outcome: JobOutcome.Succeeded done, Continuation: null, Job: { HoldsResources: false } lease,
    } ? new Success(completion, lease, done.Result) : null;

    private sealed record Success(Completion Completion, JobLease Lease, string Result);
}

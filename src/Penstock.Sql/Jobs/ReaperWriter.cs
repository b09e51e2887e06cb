using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>The last net: fails jobs that run too long and tell nothing. Running it twice, or twice at once, changes nothing more.</summary>
internal static class ReaperWriter
{
    // Running jobs are those with a claim and those that wait for their items or children: never a scan of the job table.
    // Parents before their children, whose failures are signs of life of the parent.
    private const string CandidatesSql = """
        with late as materialized (
            select j.id, j.seq, j.queue_name, j.parent_job_id, j.ties, j.fence,
                   (select e.ts from job_event e where e.job_id = j.id order by e.id desc limit 1) as told_at
              from job j
             where j.seq in (select seq from claim where kind = 0 union all select seq from job where waiting_for in ('batch', 'children'))
               and j.status = 'running' and j.started_at < @started_before)
        select id, seq, queue_name, parent_job_id, ties, fence, told_at from late order by seq
        """;

    private const string FailSql = """
        update job set status = 'failed', finished_at = @now, waiting_for = null, error_code = 'JobTimeout', error_message = @message
         where seq = @seq and status = 'running' and fence = @fence
        """;

    public static async Task<ReapReport> ReapAsync(StoreWrite write, TimeSpan timeout, TimeSpan stall, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(CandidatesSql).Bind("started_before", write.Now - timeout);
        List<Candidate> candidates = await find.QueryAsync(
            row => new Candidate(
                new EndedJob(row.GetGuid(0), row.GetString(2), row.GuidOrNull(3), (JobTies)row.GetInt32(4)), row.GetInt64(1),
                row.GetInt64(5), row.InstantOrNull(6)),
            cancellationToken);
        List<Guid> reaped = [];
        List<Guid> skipped = [];
        foreach (Candidate job in candidates)
        {
            if (job.LastEventAt >= write.Now - stall)
            {
                skipped.Add(job.Ended.Id);
                continue;
            }
            if (await FailAsync(write, job, timeout, stall, cancellationToken))
                reaped.Add(job.Ended.Id);
        }
        return new ReapReport(reaped, skipped);
    }

    /// <returns>False: it ended through the end of another one in this transaction.</returns>
    private static async Task<bool> FailAsync(
        StoreWrite write, Candidate job, TimeSpan timeout, TimeSpan stall, CancellationToken cancellationToken)
    {
        string message = $"It ran longer than {timeout.TotalSeconds:0} s and wrote no event for {stall.TotalSeconds:0} s. " +
            "If it was alive, raise reaper.main_timeout_seconds or reaper.stall_seconds.";
        using (SqlStatement fail = write.Session.Statement(FailSql)
            .Bind("now", write.Now).Bind("message", message).Bind("seq", job.Seq).Bind("fence", job.Fence))
        {
            if (await fail.ExecuteAsync(cancellationToken) == 0)
                return false;
        }
        await CancelWriter.EndWorkAsync(write, job.Ended.Id, job.Seq, cancellationToken);
        await FailureWriter.RecordAsync(
            write, job.Ended, "JobTimeout", message, JobEventNames.TimedOut, cancellationToken,
            StoreWrite.Field("timeout_seconds", timeout.TotalSeconds.ToString("0.###")));
        return true;
    }

    private sealed record Candidate(EndedJob Ended, long Seq, long Fence, DateTimeOffset? LastEventAt);
}

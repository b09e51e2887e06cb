using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Frees what dead workers held: their heartbeat is older than the lease, or their process is known to be gone.</summary>
/// <remarks>
/// A death counts against the units that can have caused it: as many as the worker had slots, those it claimed first. A
/// worker claims up to a hundred more ahead, and a few crashes would otherwise quarantine units that never ran. A unit that
/// does kill its workers comes first in time: what is before it in its queue gets done between two deaths.
/// </remarks>
internal static class RecoveryWriter
{
    private const string DeadSql = """
        select id, slots from worker where heartbeat_at < @cutoff or id in (select value from json_each(@known_dead))
        """;

    private const string DropWorkerSql = "delete from worker where id = @id";

    // Also claims of workers that are not on the list at all: their row went with an earlier recovery.
    private const string OrphansSql = """
        select c.kind, c.seq, c.fence, c.worker_id, q.name, q.on_lost,
               row_number() over (partition by c.worker_id order by c.fence, q.name, c.kind, c.seq) as place
          from claim c join queue q on q.id = c.queue_id
         where not exists (select 1 from worker w where w.id = c.worker_id)
         order by place, c.fence, q.name, c.kind, c.seq
         limit @limit
        """;

    private const string LostJobSql = """
        update job
           set deaths = @deaths, worker_id = null, status = @status, finished_at = @finished_at,
               error_code = coalesce(@error_code, error_code), error_message = coalesce(@error_message, error_message),
               started_at = case when @status = 'queued' then null else started_at end
         where seq = @seq and status = 'running' and fence = @fence
        returning id, priority, parent_job_id, ties
        """;

    private const string JobDeathsSql = "select deaths from job where seq = @seq";

    private const string ItemSql = """
        update item set deaths = deaths + @charge where seq = @seq and fence = @fence
        returning parent_job_id, stage, item_index, operation, queue_name, payload, attempt, failures, retries, deaths
        """;

    /// <summary>Units freed in one transaction at most; the caller comes back for more.</summary>
    private const int UnitsMax = 1_000;

    public static async Task<RecoveryReport> RecoverAsync(
        StoreWrite write, TimeSpan lease, int maxDeaths, IReadOnlyCollection<string> knownDead, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(DeadSql)
            .Bind("cutoff", write.Now - lease).Bind("known_dead", new SqlList<string>(knownDead));
        Dictionary<string, int> slotsOfDead = (await find.QueryAsync(row => (row.GetString(0), row.GetInt32(1)), cancellationToken))
            .ToDictionary(StringComparer.Ordinal);
        foreach (string worker in slotsOfDead.Keys)
        {
            using SqlStatement drop = write.Session.Statement(DropWorkerSql).Bind("id", worker);
            await drop.ExecuteAsync(cancellationToken);
        }

        using SqlStatement read = write.Session.Statement(OrphansSql).Bind("limit", UnitsMax);
        List<Orphan> orphans = await read.QueryAsync(
            row => new Orphan(
                row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.GetString(4), row.GetString(5) == "fail",
                IsSuspect: row.GetInt32(6) <= slotsOfDead.GetValueOrDefault(row.GetString(3))),
            cancellationToken);
        int[] counts = new int[3];
        foreach (Orphan orphan in orphans)
        {
            Fate fate = orphan.Kind == UnitKind.Job
                ? await JobAsync(write, orphan, maxDeaths, cancellationToken)
                : await ItemAsync(write, orphan, maxDeaths, cancellationToken);
            await write.ReleaseAsync(orphan.Kind, orphan.Seq, orphan.Fence, cancellationToken);
            counts[(int)fate]++;
        }
        write.LeasesChanged |= orphans.Count > 0;
        await QueueTally.FoldAsync(write, cancellationToken);
        await DependencyWriter.SettleOneAsync(write, cancellationToken); // What a process left that died between two transactions.
        return new RecoveryReport(
            [.. slotsOfDead.Keys], counts[(int)Fate.Requeued], counts[(int)Fate.Failed], counts[(int)Fate.Quarantined], write.Woken);
    }

    private static async Task<Fate> JobAsync(StoreWrite write, Orphan orphan, int maxDeaths, CancellationToken cancellationToken)
    {
        int deaths;
        using (SqlStatement read = write.Session.Statement(JobDeathsSql).Bind("seq", orphan.Seq))
            deaths = await read.ScalarAsync<int>(cancellationToken) + orphan.Charge;
        Fate fate = orphan.FailsWhenLost ? Fate.Failed : orphan.IsSuspect && deaths >= maxDeaths ? Fate.Quarantined : Fate.Requeued;
        (string code, string message) = Explain(fate, orphan, deaths);

        using SqlStatement lost = write.Session.Statement(LostJobSql)
            .Bind("seq", orphan.Seq).Bind("fence", orphan.Fence).Bind("deaths", deaths)
            .Bind("status", fate == Fate.Requeued ? "queued" : "failed")
            .Bind("finished_at", fate == Fate.Requeued ? null : write.Now)
            .Bind("error_code", fate == Fate.Requeued ? null : code)
            .Bind("error_message", fate == Fate.Requeued ? null : message);
        List<(Guid Id, int Priority, Guid? Parent, JobTies Ties)> jobs = await lost.QueryAsync(
            row => (row.GetGuid(0), row.GetInt32(1), row.GuidOrNull(2), (JobTies)row.GetInt32(3)), cancellationToken);
        foreach ((Guid id, int priority, Guid? parent, JobTies ties) in jobs)
        {
            await write.EventAsync(
                id, orphan.IsSuspect || fate == Fate.Failed ? JobEventNames.Lost : JobEventNames.Released, $"{{\"worker\":{StoreWrite.Quote(orphan.WorkerId)},\"deaths\":{deaths}}}", cancellationToken,
                JobEventLevel.Warning, message);
            if (fate == Fate.Requeued)
                await write.HintAsync(UnitKind.Job, orphan.Seq, orphan.QueueName, priority, null, cancellationToken);
            else
                await FailureWriter.RecordAsync(
                    write, new EndedJob(id, orphan.QueueName, parent, ties), code, message, JobEventNames.Failed, cancellationToken);
        }
        return fate;
    }

    private static async Task<Fate> ItemAsync(StoreWrite write, Orphan orphan, int maxDeaths, CancellationToken cancellationToken)
    {
        using SqlStatement read = write.Session.Statement(ItemSql).Bind("seq", orphan.Seq).Bind("fence", orphan.Fence)
            .Bind("charge", orphan.Charge);
        List<(ItemLease Item, int Deaths)> items = await read.QueryAsync(
            row => (new ItemLease(
                row.GetGuid(0), row.GetInt32(1), row.GetInt32(2), orphan.Seq, orphan.WorkerId, orphan.Fence, row.GetInt32(6), row.GetString(3),
                row.GetString(4), row.GetString(5), write.Now, row.GetInt32(7), row.GetInt32(8)), row.GetInt32(9)),
            cancellationToken);
        foreach ((ItemLease item, int deaths) in items)
        {
            if (orphan.IsSuspect && deaths >= maxDeaths)
            {
                (string code, string message) = Explain(Fate.Quarantined, orphan, deaths);
                await ItemWriter.FailAsync(write, item, code, message, cancellationToken);
                return Fate.Quarantined;
            }
            await ItemWriter.RequeueAsync(write, item, failures: 0, retries: 0, null, cancellationToken);
        }
        return Fate.Requeued;
    }

    private static (string Code, string Message) Explain(Fate fate, Orphan orphan, int deaths) => fate switch
    {
        Fate.Quarantined => (
            "WorkerKilled",
            $"{deaths} workers died while running this (the last was {orphan.WorkerId}). It is kept aside so that it kills no more; " +
            "look at memory and native crashes before redriving it."),
        Fate.Failed => ("WorkerLost", $"Worker {orphan.WorkerId} died while running this, and its queue's policy is to fail."),
        _ when orphan.IsSuspect => ("WorkerLost", $"Worker {orphan.WorkerId} died while running this; it goes back to its queue."),
        _ => ("WorkerLost", $"Worker {orphan.WorkerId} died and had claimed this ahead; it goes back to its queue."),
    };

    private enum Fate
    {
        Requeued,
        Failed,
        Quarantined,
    }

    /// <param name="IsSuspect">It can have been running when its worker died.</param>
    private sealed record Orphan(
        int Kind, long Seq, long Fence, string WorkerId, string QueueName, bool FailsWhenLost, bool IsSuspect)
    {
        public int Charge => IsSuspect ? 1 : 0;
    }
}

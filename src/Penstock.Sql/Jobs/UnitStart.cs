using System.Data.Common;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.Sql.Limits;

namespace Penstock.Sql.Jobs;

/// <summary>The start of units: from queued to running under one fence, with their events, and who holds them.</summary>
/// <remarks>All units of a claim go through each statement together: its cost is paid once, not once a unit.</remarks>
/// <param name="fence">Of the claim; never given before.</param>
internal sealed class UnitStart(StoreWrite write, string workerId, long queueId, long fence)
{
    private const string SetRunning =
        "set status = 'running', attempt = attempt + 1, fence = @fence, worker_id = @worker_id, started_at = @now, run_at = null, waiting_for = null";

    private const string MayStart = "status = 'queued' and (waiting_for is null or waiting_for <> 'dependencies')";

    // In the order in which JobLeaseOf reads them.
    private const string LeaseColumns =
        "seq, id, operation, queue_name, payload, attempt, max_attempts, failures, retries, parent_job_id, timeout_seconds, ties";

    private static readonly UnitsSql StartJobsSql = UnitsSql.Where($$"""
        update job {{SetRunning}}
         where seq {units} and {{MayStart}} and (resources is null or @limited)
        returning {{LeaseColumns}}
        """);

    private static readonly UnitsSql StartItemsSql = UnitsSql.Where("""
        update item set attempt = attempt + 1, fence = @fence
         where seq {units} and (resources is null or @limited)
           and not exists (select 1 from claim where kind = 1 and seq = item.seq)
        returning seq, parent_job_id, stage, item_index, operation, queue_name, payload, attempt, failures, retries
        """);

    private static readonly UnitsSql StartedSql = UnitsSql.Where("""
        insert into job_event (job_id, ts, level, event, message, fields)
        select id, @now, 'info', @event, null, json(@worker || attempt || '}') from job where seq {units}
        """);

    private static readonly UnitsSql HoldSql = new(
        One: """
        insert into claim (kind, seq, worker_id, fence, queue_id, claimed_at) values (@kind, @seqs, @worker_id, @fence, @queue_id, @now)
        """,
        Many: """
        insert into claim (kind, seq, worker_id, fence, queue_id, claimed_at)
        select @kind, value, @worker_id, @fence, @queue_id, @now from json_each(@seqs)
        """);

    // Takes the first hints of a queue and starts what they lead to, at once. Where not all of them may be started whatever they
    // need, none is, unless none needs anything. Items are left to the general way.
    private static readonly string TakeAndStartSql = $$"""
        with taken as (
            delete from ready
             where ctid = any(array(select h.place from {{ReadyRanges.Sql(hint: "r.ctid as place", queueId: "@queue_id", limit: "@limit")}} limit @limit))
            returning prio, kind, seq),
        started as (
            update job {{SetRunning}}
             where seq = any(array(select seq from taken where kind = 0)) and {{MayStart}} and resources is null
               and (@whatever or not (
                    exists (select 1 from taken where kind <> 0)
                    or exists (select 1 from job j where j.seq = any(array(select seq from taken where kind = 0)) and j.resources is not null)))
            returning {{LeaseColumns}}),
        told as (
            insert into job_event (job_id, ts, level, event, message, fields)
            select id, @now, 'info', @event, null, cast(cast(@worker as text) || attempt || '}' as json) from started),
        held as (
            insert into claim (kind, seq, worker_id, fence, queue_id, claimed_at)
            select 0, seq, @worker_id, @fence, @queue_id, @now from started)
        select s.*, t.prio, t.kind, t.seq from taken t left join started s on t.kind = 0 and s.seq = t.seq
        """;

    private const string AnyNeedsSql = """
        select exists (select 1 from job where seq in (select value from json_each(@jobs)) and resources is not null)
            or exists (select 1 from item where seq in (select value from json_each(@items)) and resources is not null)
        """;

    private const string JobNeedsSql = """
        select resources from job where seq = @seq and status = 'queued' and (waiting_for is null or waiting_for <> 'dependencies')
        """;

    private const string ItemNeedsSql = """
        select resources from item where seq = @seq and not exists (select 1 from claim where kind = 1 and seq = @seq)
        """;

    /// <summary>The fields of a started event, but for the attempt and what closes them.</summary>
    private string StartedFields => $"{{\"worker\":{StoreWrite.Quote(workerId)},\"attempt\":";

    /// <summary>Takes hints and starts jobs by one statement; for databases where each statement is a round trip.</summary>
    /// <param name="whatever">There is a slot for each, whatever others need.</param>
    /// <returns>Each hint that was taken, and its lease if it was started.</returns>
    public async Task<List<(Hint Hint, UnitLease? Lease)>> TakeAndStartAsync(
        ReadyRanges ranges, int limit, bool whatever, CancellationToken cancellationToken)
    {
        using SqlStatement take = ranges.BindTo(write.Session.Statement(TakeAndStartSql))
            .Bind("queue_id", queueId).Bind("limit", limit).Bind("whatever", whatever)
            .Bind("fence", fence).Bind("worker_id", workerId).Bind("now", write.Now)
            .Bind("event", JobEventNames.Started).Bind("worker", StartedFields);
        return await take.QueryAsync(
            row => (new Hint(row.GetInt32(12), row.GetInt32(13), row.GetInt64(14)), row.IsDBNull(0) ? null : JobLeaseOf(row, limited: false)),
            cancellationToken);
    }

    /// <summary>Starts those of the units that need nothing but a slot; the others' hints are stale, or they have needs.</summary>
    public async Task StartAsync(IEnumerable<Hint> hints, Dictionary<Hint, UnitLease> started, CancellationToken cancellationToken)
    {
        List<Hint> all = [.. hints];
        foreach (int kind in (int[])[UnitKind.Job, UnitKind.Item])
        {
            Dictionary<long, Hint> bySeq = [];
            foreach (Hint hint in all.Where(h => h.Kind == kind))
                bySeq.TryAdd(hint.Seq, hint); // A unit may have a second, stale hint at another priority.
            foreach (UnitLease lease in await StartAsync(kind, bySeq.Keys, limited: false, cancellationToken))
                started[bySeq[lease.Seq]] = lease;
        }
    }

    /// <summary>Starts a unit for which everything it needs is set aside in this transaction.</summary>
    /// <returns>Null: the hint is stale.</returns>
    public async Task<UnitLease?> StartLimitedAsync(Hint hint, CancellationToken cancellationToken) =>
        (await StartAsync(hint.Kind, [hint.Seq], limited: true, cancellationToken)).SingleOrDefault();

    /// <summary>Whether one of the units needs more than a slot.</summary>
    public static async Task<bool> AnyNeedsAsync(StoreWrite write, List<Hint> hints, CancellationToken cancellationToken)
    {
        using SqlStatement look = write.Session.Statement(AnyNeedsSql)
            .Bind("jobs", SeqsOf(hints, UnitKind.Job)).Bind("items", SeqsOf(hints, UnitKind.Item));
        return await look.ScalarAsync<bool>(cancellationToken);
    }

    /// <returns>What a unit that could start needs; null: the hint is stale.</returns>
    public static async Task<string?> NeedsAsync(StoreWrite write, Hint hint, CancellationToken cancellationToken)
    {
        using SqlStatement read = write.Session.Statement(hint.Kind == UnitKind.Job ? JobNeedsSql : ItemNeedsSql).Bind("seq", hint.Seq);
        return await read.ScalarAsync<string>(cancellationToken);
    }

    private async Task<List<UnitLease>> StartAsync(int kind, IReadOnlyCollection<long> seqs, bool limited, CancellationToken cancellationToken)
    {
        if (seqs.Count == 0)
            return [];
        List<UnitLease> leases = kind == UnitKind.Job
            ? await StartJobsAsync(seqs, limited, cancellationToken)
            : await StartItemsAsync(seqs, limited, cancellationToken);
        if (leases.Count == 0)
            return leases;
        long[] started = [.. leases.Select(l => l.Seq)];
        if (kind == UnitKind.Job)
            await TellAsync(started, cancellationToken);
        await HoldAsync(kind, started, cancellationToken);
        return leases;
    }

    private async Task<List<UnitLease>> StartJobsAsync(IReadOnlyCollection<long> seqs, bool limited, CancellationToken cancellationToken)
    {
        using SqlStatement start = StartJobsSql.Of(write.Session, seqs)
            .Bind("fence", fence).Bind("worker_id", workerId).Bind("now", write.Now).Bind("limited", limited);
        return await start.QueryAsync(row => JobLeaseOf(row, limited), cancellationToken);
    }

    private UnitLease JobLeaseOf(DbDataReader row, bool limited) => new JobLease(
        row.GetGuid(1), row.GetInt64(0), workerId, fence, row.GetInt32(5), row.GetString(2), row.GetString(3), row.GetString(4),
        write.Now, row.GetInt32(6), row.GetInt32(7), row.GetInt32(8), row.GuidOrNull(9), TimeoutOf(row, 10))
    {
        HoldsResources = limited,
        HasSteps = ((JobTies)row.GetInt32(11)).HasFlag(JobTies.Steps),
    };

    private async Task<List<UnitLease>> StartItemsAsync(IReadOnlyCollection<long> seqs, bool limited, CancellationToken cancellationToken)
    {
        using SqlStatement start = StartItemsSql.Of(write.Session, seqs).Bind("fence", fence).Bind("limited", limited);
        return await start.QueryAsync<UnitLease>(
            row => new ItemLease(
                row.GetGuid(1), row.GetInt32(2), row.GetInt32(3), row.GetInt64(0), workerId, fence, row.GetInt32(7), row.GetString(4),
                row.GetString(5), row.GetString(6), write.Now, row.GetInt32(8), row.GetInt32(9))
            {
                HoldsResources = limited,
            },
            cancellationToken);
    }

    private async Task TellAsync(long[] started, CancellationToken cancellationToken)
    {
        using SqlStatement tell = StartedSql.Of(write.Session, started)
            .Bind("now", write.Now).Bind("event", JobEventNames.Started)
            .Bind("worker", StartedFields);
        await tell.ExecuteAsync(cancellationToken);
    }

    private async Task HoldAsync(int kind, long[] started, CancellationToken cancellationToken)
    {
        using SqlStatement hold = HoldSql.Of(write.Session, started)
            .Bind("kind", kind).Bind("worker_id", workerId).Bind("fence", fence).Bind("queue_id", queueId).Bind("now", write.Now);
        await hold.ExecuteAsync(cancellationToken);
    }

    private static SqlList<long> SeqsOf(List<Hint> hints, int kind) =>
        new(hints.FindAll(h => h.Kind == kind).ConvertAll(h => h.Seq));

    private static TimeSpan? TimeoutOf(DbDataReader row, int column) =>
        row.DoubleOrNull(column) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}

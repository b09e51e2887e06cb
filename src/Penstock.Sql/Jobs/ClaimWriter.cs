using System.Data.Common;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Sql.Limits;

namespace Penstock.Sql.Jobs;

/// <summary>Stop 4: takes ready units for a worker. The hints say where to look; the rows themselves decide.</summary>
/// <remarks>
/// Units without limits start together: their rows, their events, their claims. One that needs resources is left out of
/// that; it is looked at by itself, and then takes all it needs or goes where it is out of the way.
/// </remarks>
internal sealed class ClaimWriter
{
    /// <summary>Deferred units made ready in one claim at most: bounds the transaction; the next claim takes more.</summary>
    private const int PromotedMax = 1_000;

    /// <summary>Hints that lead to no start (stale, or their resource is taken) looked at in one claim at most.</summary>
    private const int IdleLooksMax = 1_000;

    // What else there is to look at comes with the answer, so that a claim pays for nothing it does not need. The first deferred
    // unit is asked for in the order of the key: asked by 'exists', PostgreSQL reads the table.
    private const string LookColumns = """
        select case when exists (select 1 from parked) then 1 else 0 end,
               case when (select run_at from deferred order by run_at, kind, seq limit 1) <= @now then 1 else 0 end
        """;

    // With it PostgreSQL gives a fence, which saves a round trip; one that nobody uses is no loss. SQLite gives one when a unit starts.
    private static readonly SqlVariants LookSql = new(
        Sqlite: $"{LookColumns}, 0 from worker where id = @worker_id",
        Postgres: $"{LookColumns}, nextval('fence') from worker where id = @worker_id");

    private const string PromoteSql = """
        insert into ready (queue_id, prio, kind, seq)
        select queue_id, prio, kind, seq from deferred where run_at <= @now order by run_at, kind, seq limit @limit
        on conflict do nothing
        """;

    // PostgreSQL finds the rows of a limited subquery by their place: joined by key, it would read the whole table.
    private static readonly SqlVariants DropPromotedSql = new(
        Sqlite: """
        delete from deferred
         where (run_at, kind, seq) in (select run_at, kind, seq from deferred where run_at <= @now order by run_at, kind, seq limit @limit)
        """,
        Postgres: """
        delete from deferred
         where ctid = any(array(select ctid from deferred where run_at <= @now order by run_at, kind, seq limit @limit))
        """);

    // A queue's free places: null max_running means no limit, a paused queue has none. Whether one has work is asked in the order
    // of the key: asked by 'exists', PostgreSQL reads the table.
    private const string FreePlaces = """
        select q.name, q.id,
               case when q.paused_at is not null then 0
                    when q.max_running is null then @limit
                    else max(q.max_running - (select count(*) from claim c where c.queue_id = q.id), 0) end,
               q.rate_count, q.rate_seconds, q.max_running_per_key, q.key_rate_count, q.key_rate_seconds
        """;

    private static readonly SqlVariants FreePlacesSql = new(
        Sqlite: $"""
        {FreePlaces}
          from queue q
         where q.name in (select value from json_each(@queues))
           and (select r.seq from ready r where r.queue_id = q.id order by r.prio, r.kind, r.seq limit 1) is not null
         order by q.name
        """,
        Postgres: $"""
        {FreePlaces}, f.prio, f.kind, f.seq
          from queue q cross join lateral (
               select h.prio, h.kind, h.seq from {ReadyRanges.Sql(hint: "r.prio, r.kind, r.seq", queueId: "q.id", limit: "1")} limit 1) f
         where q.name in (select value from json_each(@queues))
         order by q.name
        """);

    // Where sets are preferred, UnitStart takes and starts by one statement instead.
    private const string TakeSql = """
        delete from ready
         where queue_id = @queue_id
           and (prio, kind, seq) in (select prio, kind, seq from ready where queue_id = @queue_id order by prio, kind, seq limit @limit)
        returning prio, kind, seq
        """;

    private const string NextFenceOnSqliteSql = "update counter set value = value + 1 where name = 'fence' returning value";

    private readonly StoreWrite _write;
    private readonly ClaimRequest _request;
    private readonly ResourceBook _book;
    private readonly ParkingLot _lot;
    private readonly List<UnitLease> _leases = [];
    private long _fence;
    private int _idleLooks;
    private bool _hasParked;
    private bool _leftForSlots;
    private bool _hasUnasked;
    private DateTimeOffset? _lookAgainAt;

    private ClaimWriter(StoreWrite write, ClaimRequest request)
    {
        (_write, _request) = (write, request);
        _book = new ResourceBook(write);
        _lot = new ParkingLot(write, _book);
    }

    private int FreeSlots => Math.Max((_request.FreeSlots ?? _request.Limit) - _leases.Count, 0);

    /// <returns>Nothing refused. Worker unknown: it was taken for dead, and must register anew.</returns>
    public static Task<Exchange> TakeAsync(StoreWrite write, ClaimRequest request, CancellationToken cancellationToken) =>
        new ClaimWriter(write, request).TakeAsync(cancellationToken);

    private async Task<Exchange> TakeAsync(CancellationToken cancellationToken)
    {
        if (await LookAsync(cancellationToken) is not { } look)
            return new Exchange([], [], WorkerUnknown: true);
        _hasParked = look.HasParked;
        _fence = look.Fence;
        if (look.HasDue)
            await PromoteAsync(cancellationToken);
        if (_hasParked)
            await _lot.ReturnAsync(_request.Queues, cancellationToken);

        List<Place> places = _write.Session.Database.PrefersSets
            ? await FreePlacesBehindFloorsAsync(cancellationToken)
            : await FreePlacesAsync(cancellationToken);
        // Another queue begins each time: with one slot, or at a resource that several queues share, the first takes all.
        int turn = places.Count > 1 ? _write.Queues.NextTurn() % places.Count : 0;
        for (int i = 0; i < places.Count && _leases.Count < _request.Limit && _idleLooks < IdleLooksMax; i++)
        {
            // An equal share of what is left for each queue that has work, so that none starves behind another.
            int share = Math.Max((_request.Limit - _leases.Count) / (places.Count - i), 1);
            await TakeFromAsync(places[(i + turn) % places.Count], share, cancellationToken);
        }
        if (_hasParked)
            LookAgainAt(await _lot.NextDueAsync(_request.Queues, cancellationToken));
        return new Exchange(_leases, [], WorkerUnknown: false)
        {
            More = _idleLooks >= IdleLooksMax || _lot.More || (_lot.HasKept && _idleLooks > 0)
                || (_hasUnasked && _leases.Count < _request.Limit),
            LeftForSlots = _leftForSlots,
            LookAgainAt = _lookAgainAt,
        };
    }

    private async Task TakeFromAsync(Place place, int share, CancellationToken cancellationToken)
    {
        int free = Math.Min(share, place.Free);
        RateWindow? window = null;
        if (place.Rate is { } rate && free > 0)
        {
            window = await RateLog.ReadAsync(_write, RateLog.ScopeOfQueue(place.Name), rate, cancellationToken);
            LookAgainAt(window.FreeAt);
            free = (int)Math.Clamp(window.Free, 0, free);
        }
        bool isLimited = window is not null || _write.Queues.IsLimited(place.Id);
        int until = _leases.Count + free;
        while (_leases.Count < until && _idleLooks < IdleLooksMax)
        {
            int asked = until - _leases.Count;
            if (isLimited && asked > FreeSlots)
            {
                _leftForSlots = true;
                asked = FreeSlots;
            }
            Dictionary<Hint, UnitLease> started = [];
            List<Hint> hints = asked == 0 ? [] : await TakeHintsAsync(place, asked, started, cancellationToken);
            bool all = await StartAsync(place, hints, started, window, cancellationToken);
            if (!all || hints.Count < asked || asked == 0)
                return;
        }
        // Its share ended it, not its work: what other queues left of theirs is still to be had.
        _hasUnasked |= free == share;
    }

    /// <param name="plain">What is started already.</param>
    /// <returns>False: some were put back, because they need a slot that stands empty and none does.</returns>
    private async Task<bool> StartAsync(
        Place place, List<Hint> hints, Dictionary<Hint, UnitLease> plain, RateWindow? window, CancellationToken cancellationToken)
    {
        if (hints.Count == 0)
            return true;
        int slots = FreeSlots;
        bool all = hints.Count <= slots || plain.Count > 0 || !await UnitStart.AnyNeedsAsync(_write, hints, cancellationToken);
        if (!all)
        {
            // Not only the one with needs: what comes after it must not overtake it.
            _write.Queues.SetLimited(place.Id);
            _leftForSlots = true;
            foreach (Hint left in hints[slots..])
                await _write.ReadyAsync(place.Id, left, cancellationToken);
            if (slots == 0)
                return false;
            hints = hints[..slots];
        }
        UnitStart start = await UnitStartAsync(place.Id, cancellationToken);
        if (plain.Count < hints.Count)
            await start.StartAsync(hints.Where(h => !plain.ContainsKey(h)), plain, cancellationToken);
        foreach (Hint hint in hints)
        {
            if (!plain.TryGetValue(hint, out UnitLease? lease))
            {
                // A stale hint: cancelled, deleted or claimed through another one. Or a unit that needs more than a slot.
                string? resources = await UnitStart.NeedsAsync(_write, hint, cancellationToken);
                if (resources is not null)
                    lease = await StartLimitedAsync(place, start, hint, ResourceBook.Parse(resources), cancellationToken);
            }
            if (lease is null)
            {
                _idleLooks++;
                continue;
            }
            if (window is not null)
                await RateLog.AddAsync(_write, window, cancellationToken);
            _leases.Add(lease);
        }
        if (window is { FreeAt: { } at })
            LookAgainAt(at);
        return all;
    }

    /// <returns>Null: something it needs is not free; it is parked there.</returns>
    private async Task<UnitLease?> StartLimitedAsync(
        Place place, UnitStart start, Hint hint, IReadOnlyList<Need> needs, CancellationToken cancellationToken)
    {
        foreach (Need need in needs)
        {
            ResourceBook.Scope scope = await _book.ScopeAsync(need.Resource, place.Keys, cancellationToken);
            bool admitted = scope.Admits(need.Units);
            if (admitted && !(_hasParked && await _lot.IsOvertakenAsync(need.Resource, place.Id, hint, cancellationToken)))
                continue;
            // Room, but others come first: those are looked at next time. No room by its rate: at that instant. Taken: when given back.
            await _lot.ParkAsync(need, place.Id, hint, admitted ? _write.Now : scope.Window?.FreeAt, cancellationToken);
            _hasParked = true;
            return null;
        }
        UnitLease? lease = await start.StartLimitedAsync(hint, cancellationToken);
        if (lease is not null)
            await _book.TakeAsync(hint, _fence, needs, place.Keys, cancellationToken);
        return lease;
    }

    private void LookAgainAt(DateTimeOffset? at)
    {
        if (at is not null && !(_lookAgainAt <= at))
            _lookAgainAt = at;
    }

    private async Task<Look?> LookAsync(CancellationToken cancellationToken)
    {
        using SqlStatement statement = _write.Session.Statement(LookSql).Bind("worker_id", _request.WorkerId).Bind("now", _write.Now);
        return await statement.FirstAsync(row => new Look(row.GetInt32(0) == 1, row.GetInt32(1) == 1, row.GetInt64(2)), cancellationToken);
    }

    private async Task PromoteAsync(CancellationToken cancellationToken)
    {
        using SqlStatement promote = _write.Session.Statement(PromoteSql).Bind("now", _write.Now).Bind("limit", PromotedMax);
        await promote.ExecuteAsync(cancellationToken);
        using SqlStatement drop = _write.Session.Statement(DropPromotedSql).Bind("now", _write.Now).Bind("limit", PromotedMax);
        await drop.ExecuteAsync(cancellationToken);
    }

    private async Task<List<Place>> FreePlacesAsync(CancellationToken cancellationToken)
    {
        using SqlStatement statement = FreePlacesStatement();
        return await statement.QueryAsync(row => PlaceOf(row, []), cancellationToken);
    }

    private SqlStatement FreePlacesStatement() => _write.Session.Statement(FreePlacesSql)
        .Bind("limit", _request.Limit).Bind("queues", new SqlList<string>(_request.Queues));

    private static Place PlaceOf(DbDataReader row, List<ReadyRange> ranges) =>
        new(row.GetString(0), row.GetInt64(1), row.GetInt32(2), KeyLimits.RateOf(row, 3), KeyLimits.Read(row, 5), ranges);

    private async Task<List<Place>> FreePlacesBehindFloorsAsync(CancellationToken cancellationToken)
    {
        ReadyRanges ranges = new();
        Dictionary<long, List<ReadyRange>> behindFloors = [];
        List<QueueFloors> fromStart = [];
        foreach (string queue in _request.Queues)
        {
            long queueId = await _write.Queues.IdAsync(_write.Session, queue, cancellationToken);
            QueueFloors floors = _write.Queues.Floors.Of(queueId);
            List<ReadyRange> ofQueue = floors.Ranges(_write.Now, out DateTimeOffset? nextFromStart);
            ranges.Add(queueId, ofQueue);
            if (nextFromStart is null)
                fromStart.Add(floors);
            else
                behindFloors[queueId] = ofQueue;
            LookAgainAt(nextFromStart);
        }
        long began = _write.Timestamp();
        using SqlStatement statement = ranges.BindTo(FreePlacesStatement());
        List<Place> places = await statement.QueryAsync(
            row => PlaceOf(
                row,
                // From the start all was walked over that comes before the first: the claim need not do so again.
                behindFloors.GetValueOrDefault(row.GetInt64(1)) ?? ReadyRange.AllFrom(new Hint(row.GetInt32(8), row.GetInt32(9), row.GetInt64(10)))),
            cancellationToken);
        foreach (QueueFloors floors in fromStart)
            floors.LookedFromStart(_write.Now, _write.Since(began));
        return places;
    }

    /// <param name="started">Filled with what could be started on the way.</param>
    private async Task<List<Hint>> TakeHintsAsync(
        Place place, int limit, Dictionary<Hint, UnitLease> started, CancellationToken cancellationToken)
    {
        if (_write.Session.Database.PrefersSets)
        {
            UnitStart start = await UnitStartAsync(place.Id, cancellationToken);
            ReadyRanges ranges = new();
            ranges.Add(place.Id, place.Ranges);
            List<(Hint Hint, UnitLease? Lease)> both = await start.TakeAndStartAsync(
                ranges, limit, whatever: limit <= FreeSlots, cancellationToken);
            _write.Queues.Floors.Of(place.Id).Took(both.Select(b => b.Hint));
            // A unit may have a second, stale hint at another priority: its lease goes with the first.
            foreach ((Hint hint, UnitLease? lease) in both.Where(b => b.Lease is not null).OrderBy(b => b.Hint).DistinctBy(b => b.Hint.Seq))
                started.Add(hint, lease!);
            return [.. both.Select(b => b.Hint).Order()];
        }
        using SqlStatement take = _write.Session.Statement(TakeSql).Bind("queue_id", place.Id).Bind("limit", limit);
        List<Hint> taken = await take.QueryAsync(
            row => new Hint(row.GetInt32(0), row.GetInt32(1), row.GetInt64(2)), cancellationToken);
        taken.Sort(); // RETURNING promises no order.
        return taken;
    }

    private async Task<UnitStart> UnitStartAsync(long queueId, CancellationToken cancellationToken)
    {
        if (_fence == 0)
        {
            using SqlStatement next = _write.Session.Statement(NextFenceOnSqliteSql);
            _fence = await next.ScalarAsync<long>(cancellationToken);
        }
        return new UnitStart(_write, _request.WorkerId, queueId, _fence);
    }

    /// <summary>What a claim of a known worker has to see to first.</summary>
    /// <param name="Fence">0: none was given yet.</param>
    private sealed record Look(bool HasParked, bool HasDue, long Fence);

    /// <param name="Free">Units that may start in this queue now.</param>
    /// <param name="Ranges">Where its hints are looked for; empty where there are no floors.</param>
    private sealed record Place(string Name, long Id, int Free, RateLimit? Rate, KeyLimits Keys, List<ReadyRange> Ranges);
}

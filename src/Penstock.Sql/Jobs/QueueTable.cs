using System.Collections.Concurrent;
using Penstock.Engine.Operations;

namespace Penstock.Sql.Jobs;

/// <summary>The queue table: short ids by name, limits, where their ready units begin, and the declarations of the program.</summary>
internal sealed class QueueTable
{
    private const string FindSql = "select id from queue where name = @name";

    private const string DeclareSql = """
        insert into queue (name, max_running, on_lost, finished, max_running_per_key, rate_count, rate_seconds, key_rate_count, key_rate_seconds)
        values (@name, @max_running, @on_lost, @finished, @max_running_per_key, @rate_count, @rate_seconds, @key_rate_count, @key_rate_seconds)
        on conflict (name) do update
           set max_running = excluded.max_running, on_lost = excluded.on_lost, finished = excluded.finished,
               max_running_per_key = excluded.max_running_per_key,
               rate_count = excluded.rate_count, rate_seconds = excluded.rate_seconds,
               key_rate_count = excluded.key_rate_count, key_rate_seconds = excluded.key_rate_seconds
        """;

    // Ids never change, so a name found once needs no second look.
    private readonly ConcurrentDictionary<string, long> _ids = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, bool> _limited = [];
    private int _turn;

    /// <summary>Whether units that need resources were seen in the queue; such units are not taken ahead of free slots.</summary>
    public bool IsLimited(long id) => _limited.ContainsKey(id);

    public void SetLimited(long id) => _limited[id] = true;

    public ReadyFloors Floors { get; } = new();

    /// <summary>Counts up with each call.</summary>
    public int NextTurn() => Interlocked.Increment(ref _turn) & int.MaxValue;

    public async ValueTask<long> IdAsync(SqlSession session, string name, CancellationToken cancellationToken)
    {
        if (_ids.TryGetValue(name, out long id))
            return id;
        using SqlStatement find = session.Statement(FindSql).Bind("name", name);
        id = await find.ScalarAsync<long>(cancellationToken);
        if (id == 0)
            throw new InvalidOperationException($"Queue '{name}' was not declared to the store.");
        // Only a queue declared by an earlier commit may be remembered; a declaration in this transaction could be undone,
        // but declarations come before any job, so an id seen here is a committed one.
        _ids[name] = id;
        return id;
    }

    /// <summary>For a write that is to begin.</summary>
    public async ValueTask<long> IdAsync(SqlDatabase database, string name, CancellationToken cancellationToken) =>
        _ids.TryGetValue(name, out long id)
            ? id
            : await database.ReadAsync((session, token) => IdAsync(session, name, token).AsTask(), cancellationToken);

    public static async Task DeclareAsync(
        SqlSession session, IReadOnlyCollection<QueueDefinition> queues, CancellationToken cancellationToken)
    {
        foreach (QueueDefinition queue in queues)
        {
            using SqlStatement declare = session.Statement(DeclareSql)
                .Bind("name", queue.Name).Bind("max_running", queue.MaxRunning)
                .Bind("on_lost", queue.OnLost == LostPolicy.Fail ? "fail" : "requeue")
                .Bind("finished", queue.Finished == FinishedPolicy.Requeueable ? "requeueable" : "immutable")
                .Bind("max_running_per_key", queue.MaxRunningPerKey)
                .Bind("rate_count", queue.Rate?.Count).Bind("rate_seconds", queue.Rate?.Per)
                .Bind("key_rate_count", queue.RatePerKey?.Count).Bind("key_rate_seconds", queue.RatePerKey?.Per);
            await declare.ExecuteAsync(cancellationToken);
        }
    }
}

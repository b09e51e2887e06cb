using System.Text;
using System.Text.Json;
using Penstock.Engine;
using Penstock.Engine.Jobs;
using Penstock.Sql.Limits;

namespace Penstock.Sql.Jobs;

/// <summary>One transaction of the job store: its session, its instant, and what has to be told to others after its commit.</summary>
internal sealed class StoreWrite(SqlSession session, TimeProvider time, QueueTable queues, IdGenerator ids)
{
    private const string InsertEventSql = """
        insert into job_event (job_id, ts, level, event, message, fields)
        values (@job_id, @now, @level, @event, @message, @fields)
        """;

    private const string InsertReadySql = """
        insert into ready (queue_id, prio, kind, seq) values (@queue_id, @prio, @kind, @seq) on conflict do nothing
        """;

    private const string InsertDeferredSql = """
        insert into deferred (run_at, kind, seq, queue_id, prio) values (@run_at, @kind, @seq, @queue_id, @prio)
        on conflict do nothing
        """;

    private const string ReleaseSql = "delete from claim where kind = @kind and seq = @seq and fence = @fence";

    private readonly Dictionary<long, int[]> _ended = [];

    public SqlSession Session { get; } = session;

    /// <summary>Taken inside the transaction: one that commits later never has an earlier instant.</summary>
    public DateTimeOffset Now { get; } = time.GetUtcNow();
    public QueueTable Queues { get; } = queues;

    public Guid NewId() => ids.NewId();

    /// <summary>For durations.</summary>
    public long Timestamp() => time.GetTimestamp();

    public TimeSpan Since(long timestamp) => time.GetElapsedTime(timestamp);

    /// <summary>Queues that received ready units.</summary>
    public HashSet<string> Woken { get; } = new(StringComparer.Ordinal);

    /// <summary>Leases were taken back.</summary>
    public bool LeasesChanged { get; set; }

    /// <summary>Ends of jobs whose consequences are still to be written; see <see cref="EndingWriter"/>.</summary>
    public Queue<(EndedJob Job, JobStatus Status)> Endings { get; } = new();

    public bool IsSettling { get; set; }

    /// <summary>Dependents this transaction may still touch; the rest is left to the next ones.</summary>
    public int DependentsLeft { get; set; } = DependencyWriter.DependentsMax;

    /// <summary>Dependents were left over.</summary>
    public bool IsUnsettled { get; set; }

    public async Task EventAsync(
        Guid jobId, string name, string fields, CancellationToken cancellationToken,
        JobEventLevel level = JobEventLevel.Info, string? message = null)
    {
        using SqlStatement insert = Session.Statement(InsertEventSql)
            .Bind("job_id", jobId).Bind("now", Now).Bind("level", LevelText(level)).Bind("event", name)
            .Bind("message", message).Bind("fields", fields);
        await insert.ExecuteAsync(cancellationToken);
    }

    /// <summary>Puts the hint of a queued unit where its time says: ready now, or deferred.</summary>
    public async Task HintAsync(
        int kind, long seq, string queueName, int priority, DateTimeOffset? runAt, CancellationToken cancellationToken)
    {
        long queueId = await Queues.IdAsync(Session, queueName, cancellationToken);
        bool later = runAt > Now;
        Hint hint = new(-priority, kind, seq);
        if (later)
        {
            using SqlStatement insert = BindHint(InsertDeferredSql, queueId, hint).Bind("run_at", runAt);
            await insert.ExecuteAsync(cancellationToken);
        }
        else
        {
            await ReadyAsync(queueId, hint, cancellationToken);
        }
        Woken.Add(queueName);
    }

    /// <summary>Puts a hint where claims look.</summary>
    public async Task ReadyAsync(long queueId, Hint hint, CancellationToken cancellationToken)
    {
        Queues.Floors.Of(queueId).Returns(hint);
        using SqlStatement insert = BindHint(InsertReadySql, queueId, hint);
        await insert.ExecuteAsync(cancellationToken);
    }

    private SqlStatement BindHint(string sql, long queueId, Hint hint) => Session.Statement(sql)
        .Bind("queue_id", queueId).Bind("prio", hint.Prio).Bind("kind", hint.Kind).Bind("seq", hint.Seq);

    /// <summary>Ends a claim. False: it was not this fence's any more.</summary>
    public async Task<bool> ReleaseAsync(int kind, long seq, long fence, CancellationToken cancellationToken)
    {
        using SqlStatement release = Session.Statement(ReleaseSql).Bind("kind", kind).Bind("seq", seq).Bind("fence", fence);
        return await release.ExecuteAsync(cancellationToken) > 0;
    }

    /// <summary>Counts one ended job for its queue; written once by <see cref="FlushAsync"/>.</summary>
    public async Task CountEndedAsync(string queueName, JobStatus status, CancellationToken cancellationToken)
    {
        long queueId = await Queues.IdAsync(Session, queueName, cancellationToken);
        if (!_ended.TryGetValue(queueId, out int[]? counts))
            _ended[queueId] = counts = new int[3];
        counts[(int)status - (int)JobStatus.Succeeded]++;
    }

    /// <summary>Writes what was gathered; last thing in the transaction.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        foreach ((long queueId, int[] counts) in _ended)
            await QueueTally.AddAsync(this, queueId, counts[0], counts[1], counts[2], cancellationToken);
        _ended.Clear();
    }

    /// <summary>A JSON object of one member whose value is JSON already.</summary>
    public static string Field(string name, string json) => $"{{\"{name}\":{json}}}";

    public static string Quote(string text) => new StringBuilder(text.Length + 2)
        .Append('"').Append(JsonEncodedText.Encode(text).Value).Append('"').ToString();

    public static string LevelText(JobEventLevel level) => level switch
    {
        JobEventLevel.Warning => "warning",
        JobEventLevel.Error => "error",
        _ => "info",
    };
}

using System.Text;
using System.Text.Json;
using Penstock.Engine;
using Penstock.Engine.Jobs;

namespace Penstock.Sql.Jobs;

/// <summary>One transaction of the job store: its session, its instant, and what has to be told to others after its commit.</summary>
internal sealed class StoreWrite(SqlSession session, DateTimeOffset now, QueueTable queues, IdGenerator ids)
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

    private const string CountEndedSql = """
        update queue set succeeded = succeeded + @succeeded, failed = failed + @failed, cancelled = cancelled + @cancelled
         where id = @id
        """;

    private readonly Dictionary<long, int[]> _ended = [];

    public SqlSession Session { get; } = session;
    public DateTimeOffset Now { get; } = now;
    public QueueTable Queues { get; } = queues;

    public Guid NewId() => ids.NewId();

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
        using SqlStatement insert = Session.Statement(later ? InsertDeferredSql : InsertReadySql)
            .Bind("kind", kind).Bind("seq", seq).Bind("queue_id", queueId).Bind("prio", -priority);
        if (later)
            insert.Bind("run_at", runAt);
        await insert.ExecuteAsync(cancellationToken);
        Woken.Add(queueName);
    }

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
        {
            using SqlStatement update = Session.Statement(CountEndedSql)
                .Bind("id", queueId).Bind("succeeded", counts[0]).Bind("failed", counts[1]).Bind("cancelled", counts[2]);
            await update.ExecuteAsync(cancellationToken);
        }
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

using Penstock.Sql;

namespace Penstock.Chaos;

/// <summary>What the database tells of every job: read at the end, and before that of those that retention is about to remove.</summary>
internal sealed class Fates(SqlDatabase database)
{
    // Ids begin with their time: what is older than an instant is one range of each index.
    private const string JobsSql = "select id, status, attempt from job where id < @before";

    private const string EventsSql = """
        select job_id, event, count(*), count(distinct fields ->> 'attempt') from job_event
         where job_id < @before and event in ('job.started', 'job.succeeded', 'job.failed', 'job.cancelled', 'job.lost')
         group by job_id, event
        """;

    private readonly Dictionary<Guid, Fate> _fates = [];
    private readonly HashSet<Guid> _orphans = [];

    public IReadOnlyDictionary<Guid, Fate> Jobs => _fates;

    /// <summary>Jobs of which there were events and no row.</summary>
    public IReadOnlySet<Guid> Orphans => _orphans;

    public BatchFates Batches { get; } = new(database);

    /// <param name="before">Jobs with lower ids are read; what was known of them is replaced.</param>
    public async Task ReadAsync(Guid before)
    {
        Dictionary<Guid, Fate> read = (await database.QueryAsync(
            JobsSql, row => new Fate(row.GetGuid(0), row.GetString(1), row.GetInt32(2)), ("before", before))).ToDictionary(f => f.Id);
        foreach ((Guid id, string name, long count, long attempts) in await database.QueryAsync(
            EventsSql, row => (row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3)), ("before", before)))
        {
            if (read.TryGetValue(id, out Fate? fate))
                fate.Add(name, count, attempts);
            else
                _orphans.Add(id);
        }
        foreach (Fate fate in read.Values)
            _fates[fate.Id] = fate;
        await Batches.ReadAsync(before);
    }
}

/// <summary>What the database tells of one job.</summary>
/// <param name="Attempt">The last one that began.</param>
internal sealed record Fate(Guid Id, string Status, int Attempt)
{
    /// <summary>Events that say that it has ended.</summary>
    public long Ends { get; private set; }

    public long Starts { get; private set; }

    /// <summary>Different attempts in the events of its starts.</summary>
    public long AttemptsStarted { get; private set; }

    /// <summary>How often it was taken back from a worker that was gone.</summary>
    public long Lost { get; private set; }

    public void Add(string eventName, long count, long attempts)
    {
        switch (eventName)
        {
            case "job.started":
                (Starts, AttemptsStarted) = (count, attempts);
                break;
            case "job.lost":
                Lost = count;
                break;
            default:
                Ends += count;
                break;
        }
    }
}

using Penstock.Engine.Operations;
using Penstock.Sql.Jobs;

namespace Penstock.Sql.Limits;

/// <summary>The starts of each scope that has a rate: an exact sliding window, whatever its length.</summary>
/// <remarks>Starts are numbered, so a look costs two reads of an index, however many starts the window holds.</remarks>
internal static class RateLog
{
    // Out of the window; and what a clock that was set back left in the future, which would hold the scope for just as long.
    private const string ForgetSql = """
        delete from rate_start where scope = @scope and (started_at <= @cutoff or started_at > @now)
        """;

    private const string WindowSql = """
        select (select n from rate_start where scope = @scope order by started_at desc, n desc limit 1), n, started_at
          from rate_start where scope = @scope order by started_at, rate_start.n limit 1
        """;

    private const string AddSql = "insert into rate_start (scope, started_at, n) values (@scope, @now, @n)";

    private const string CountSql = "select count(*) from rate_start where scope = @scope and started_at > @cutoff";

    public static string ScopeOfQueue(string name) => "queue " + name;

    public static string ScopeOfResource(string name) => "resource " + name;

    public static async Task<RateWindow> ReadAsync(
        StoreWrite write, string scope, RateLimit limit, CancellationToken cancellationToken)
    {
        using (SqlStatement forget = write.Session.Statement(ForgetSql)
            .Bind("scope", scope).Bind("cutoff", write.Now - limit.Per).Bind("now", write.Now))
        {
            await forget.ExecuteAsync(cancellationToken);
        }
        using SqlStatement read = write.Session.Statement(WindowSql).Bind("scope", scope);
        return await read.FirstAsync(
                row => new RateWindow(scope, limit, row.GetInt64(0), row.GetInt64(1), row.Instant(2)), cancellationToken)
            ?? new RateWindow(scope, limit, 0, 1, null);
    }

    /// <summary>For people: starts after an instant.</summary>
    public static async Task<long> CountAsync(
        SqlSession session, string scope, DateTimeOffset cutoff, CancellationToken cancellationToken)
    {
        using SqlStatement count = session.Statement(CountSql).Bind("scope", scope).Bind("cutoff", cutoff);
        return await count.ScalarAsync<long>(cancellationToken);
    }

    public static async Task AddAsync(StoreWrite write, RateWindow window, CancellationToken cancellationToken)
    {
        window.Add(write.Now);
        using SqlStatement add = write.Session.Statement(AddSql)
            .Bind("scope", window.Scope).Bind("now", write.Now).Bind("n", window.Last);
        await add.ExecuteAsync(cancellationToken);
    }
}

/// <summary>One scope's window as it stands in one transaction.</summary>
internal sealed class RateWindow(string scope, RateLimit limit, long last, long first, DateTimeOffset? oldest)
{
    private DateTimeOffset? _oldest = oldest;

    public string Scope { get; } = scope;

    /// <summary>The number of the last start.</summary>
    public long Last { get; private set; } = last;

    /// <summary>Starts allowed now; below 0 after the limit was lowered.</summary>
    public long Free => limit.Count - (Last - first + 1);

    /// <summary>When the oldest start leaves the window.</summary>
    public DateTimeOffset? FreeAt => Free > 0 ? null : _oldest + limit.Per;

    public void Add(DateTimeOffset now)
    {
        Last++;
        _oldest ??= now;
    }
}

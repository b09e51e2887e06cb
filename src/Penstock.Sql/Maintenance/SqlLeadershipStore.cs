using Penstock.Engine.Maintenance;

namespace Penstock.Sql.Maintenance;

/// <summary>Leases of leaders: one row a chore.</summary>
public sealed class SqlLeadershipStore(SqlDatabase database, TimeProvider time) : ILeadershipStore
{
    // A lease that ends later than one taken now would was written by a clock that ran ahead: waiting for it could take years.
    private const string HoldSql = """
        insert into leadership (name, holder, since_at, until_at) values (@name, @holder, @now, @until)
        on conflict (name) do update
           set since_at = case when leadership.holder = excluded.holder then leadership.since_at else excluded.since_at end,
               holder = excluded.holder, until_at = excluded.until_at
         where leadership.holder = excluded.holder or leadership.until_at < @now or leadership.until_at > excluded.until_at
        """;

    private const string GiveUpSql = "delete from leadership where name = @name and holder = @holder";

    private const string FindSql = "select holder, until_at from leadership where name = @name and until_at >= @now";

    public Task<bool> HoldAsync(string name, string holder, TimeSpan lease, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                DateTimeOffset now = time.GetUtcNow();
                using SqlStatement hold = session.Statement(HoldSql)
                    .Bind("name", name).Bind("holder", holder).Bind("now", now).Bind("until", now + lease);
                return await hold.ExecuteAsync(token) > 0;
            },
            cancellationToken);

    public Task GiveUpAsync(string name, string holder, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement giveUp = session.Statement(GiveUpSql).Bind("name", name).Bind("holder", holder);
                await giveUp.ExecuteAsync(token);
            },
            cancellationToken);

    public Task<(string Holder, DateTimeOffset Until)?> FindAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement find = session.Statement(FindSql).Bind("name", name).Bind("now", time.GetUtcNow());
                List<(string, DateTimeOffset)> found = await find.QueryAsync(row => (row.GetString(0), row.Instant(1)), token);
                return found.Count == 0 ? ((string, DateTimeOffset)?)null : found[0];
            },
            cancellationToken);
}

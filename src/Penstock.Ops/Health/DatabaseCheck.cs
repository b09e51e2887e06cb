using Penstock.Client.Health;
using Penstock.Sql;

namespace Penstock.Ops.Health;

/// <summary>The database answers, and its schema is this program's.</summary>
internal sealed class DatabaseCheck(Migrator migrator) : IReadinessCheck
{
    public string Name => "database";

    public async Task<HealthCheckView> CheckAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<(Migration Migration, DateTimeOffset? AppliedAt)> status = await migrator.StatusAsync(cancellationToken);
        List<string> pending = status.Where(m => m.AppliedAt is null).Select(m => $"{m.Migration.Area} {m.Migration.Number:0000}").ToList();
        return pending.Count == 0
            ? new HealthCheckView(Name, true, $"Reachable; {status.Count} migrations applied.")
            : new HealthCheckView(Name, false, $"Reachable, but these migrations are pending: {string.Join(", ", pending)}. Run 'penstock db migrate'.");
    }
}

using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Storage;
using Penstock.Simulation.Scheduling;
using Penstock.Sql;

namespace Penstock.Simulation.Invariants;

/// <summary>After everything has ended and every worker has drained: what must be left, and what must not.</summary>
internal sealed class FinalCheck(World world)
{
    private const string LeftSql = """
        select (select count(*) from claim), (select count(*) from item) + (select count(*) from job_unique) + (select count(*) from signal_wait) + (select count(*) from unsettled), (select count(*) from job where status in ('queued', 'running'))
        """;

    private const string IdsSql = "select id from job";

    private const string ContinuationsSql = "select payload from job where payload like '%continuation_of%'";

    private const string ClosedSql = """
        select j.id from job j join batch b on b.parent_job_id = j.id where j.status = 'succeeded' and b.continuation is not null
        """;

    private const string UnreviewedSql = """
        select count(*) from dead_letter d join job j on j.id = d.job_id where d.status in ('pending', 'in_review')
        """;

    private const string LetterlessSql = """
        select id from job j where not exists (select 1 from dead_letter d where d.job_id = j.id and d.status in ('pending', 'in_review'))
        """;

    public async Task RunAsync()
    {
        await world.RawDatabase.ReadAsync(CheckLeftAsync, CancellationToken.None);
        await world.RawDatabase.ReadAsync(CheckJobsAsync, CancellationToken.None);
        await world.RawDatabase.ReadAsync(CheckContinuationsAsync, CancellationToken.None);
        if (world.Violation is null)
            await CheckRetentionAsync();
    }

    private async Task<bool> CheckLeftAsync(SqlSession session, CancellationToken cancellationToken)
    {
        await world.Watch.CheckStructureAsync(session, cancellationToken);
        using SqlStatement read = session.Statement(LeftSql);
        List<(long Claims, long Items, long Open)> left = await read.QueryAsync(
            row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), cancellationToken);
        if (left[0] != (0, 0, 0))
            world.Fail("I8", $"after the last drain {left[0].Claims} claims, {left[0].Items} items, keys and waits, and {left[0].Open} open jobs are left");
        return true;
    }

    private async Task<bool> CheckJobsAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement read = session.Statement(IdsSql);
        HashSet<Guid> there = [.. await read.QueryAsync(row => row.GetGuid(0), cancellationToken)];
        foreach (Guid id in world.Accepted)
        {
            if (!there.Contains(id) && !world.MayVanish.Contains(id))
                world.Fail("I1", $"job {id} was accepted and is lost");
        }
        return true;
    }

    private async Task<bool> CheckContinuationsAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement read = session.Statement(ContinuationsSql);
        List<Guid?> parents = await read.QueryAsync(row => ContinuationOf(row.GetString(0)), cancellationToken);
        foreach (IGrouping<Guid?, Guid?> twice in parents.Where(p => p is not null).GroupBy(p => p).Where(g => g.Count() > 1))
            world.Fail("I6", $"job {twice.Key} has {twice.Count()} continuations");
        using SqlStatement closed = session.Statement(ClosedSql);
        foreach (Guid id in await closed.QueryAsync(row => row.GetGuid(0), cancellationToken))
        {
            if (!parents.Contains(id) && !world.StepVanished)
                world.Fail("I6", $"job {id} succeeded without its continuation");
        }
        return true;
    }

    /// <summary>A month later retention takes everything but what waits for review.</summary>
    private async Task CheckRetentionAsync()
    {
        long before = await world.RawDatabase.ReadAsync(CountUnreviewedAsync, CancellationToken.None);
        await Task.Delay(TimeSpan.FromDays(31), world.Time);
        world.Prunes = true;
        SimulatedProcess process = (SimulatedProcess)SynchronizationContext.Current!;
        Retention retention = new(
            world.StoreFor(process), new RetentionOptions { FinishedDays = 30 }, world.Time, NullLogger<Retention>.Instance);
        // Twice: a parent that ended in this cycle frees its children for the next.
        await retention.RunCycleAsync(CancellationToken.None);
        await retention.RunCycleAsync(CancellationToken.None);
        await world.RawDatabase.ReadAsync(
            async (session, token) =>
            {
                if (await CountUnreviewedAsync(session, token) != before)
                    world.Fail("I1", "retention removed a job whose dead letter waits for review");
                using SqlStatement left = session.Statement(LetterlessSql);
                List<Guid> kept = await left.QueryAsync(row => row.GetGuid(0), token);
                if (kept.Count > 0)
                    world.Fail("X", $"retention kept {kept.Count} jobs without need, such as {kept[0]}");
                return true;
            },
            CancellationToken.None);
    }

    private static async Task<long> CountUnreviewedAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement count = session.Statement(UnreviewedSql);
        return await count.ScalarAsync<long>(cancellationToken);
    }

    private static Guid? ContinuationOf(string payload)
    {
        JsonElement value = JsonDocument.Parse(payload).RootElement.GetProperty("continuation_of");
        return value.ValueKind == JsonValueKind.Null ? null : value.GetGuid();
    }
}

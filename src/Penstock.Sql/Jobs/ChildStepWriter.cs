using System.Text.Json;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Awaited children: enqueued in the transaction that notes them as dependencies of their parent's step, so once for all executions.</summary>
/// <remarks>The parent waits as a blocked job does, queued and off its slot, not as one that returned <see cref="JobOutcome.AwaitsChildren"/>.</remarks>
internal static class ChildStepWriter
{
    private const string ChildrenSql = """
        select d.position, d.depends_on_id, d.resolved_at is null, j.status, j.result, j.error_code, j.error_message
          from job_dependency d left join job j on j.id = d.depends_on_id
         where d.job_id = @id and d.step = @step order by d.position
        """;

    private const string StatusSql = "select status from job where id = @id";

    private const string InsertSql = """
        insert into job_dependency (job_id, step, position, depends_on_id, on_failure, resolved_at, resolution)
        values (@id, @step, @position, @child, 'run', @resolved_at, @resolution)
        """;

    // The child had ended and was redriven since.
    private const string ReopenSql = """
        update job_dependency set resolved_at = null, resolution = null where job_id = @id and step = @step and position = @position
        """;

    // Whom a child waits for, directly or through others.
    private const string CircleSql = """
        with recursive waits (id) as (
            select id from job where id = @child
            union
            select d.depends_on_id from job_dependency d join waits w on d.job_id = w.id where d.resolved_at is null)
        select 1 from waits where id = @id
        """;

    /// <returns>Null: not all have ended.</returns>
    public static async Task<StoredStep?> AwaitAsync(
        StoreWrite write, JobLease lease, string step, IReadOnlyList<JobDraft> drafts, CancellationToken cancellationToken)
    {
        await StepWriter.HoldAsync(write, lease, JobTies.Dependencies | JobTies.Steps, cancellationToken);
        List<Child> children = await ChildrenAsync(write, lease.JobId, step, cancellationToken);
        if (children.Count == 0)
        {
            for (int i = 0; i < drafts.Count; i++)
                await StartAsync(write, lease.JobId, step, i, drafts[i], cancellationToken);
            children = await ChildrenAsync(write, lease.JobId, step, cancellationToken);
        }
        foreach (Child child in children.Where(c => c.IsUnfinished && !c.IsAwaited))
            await ReopenAsync(write, lease.JobId, step, child, cancellationToken);
        if (children.Exists(c => c.IsUnfinished))
            return null;
        StepOutcome outcome = children.TrueForAll(c => c.Status == "succeeded") ? StepOutcome.Completed : StepOutcome.Failed;
        string output = PayloadJson.Write(children.ConvertAll(c => c.ToEnd()));
        if (output.Length > StepDraft.OutputMax)
            throw new StepOutputTooLargeException(step, output.Length);
        StoredStep decided = new(step, StepKind.Children, outcome, output);
        await StepWriter.InsertAsync(write, lease, decided, TimeSpan.Zero, cancellationToken);
        return decided;
    }

    private static async Task StartAsync(
        StoreWrite write, Guid parentId, string step, int position, JobDraft draft, CancellationToken cancellationToken)
    {
        EnqueueResult child = await EnqueueWriter.WriteAsync(write, draft, cancellationToken);
        if (child.Existed || draft.DependsOn.Count > 0)
            await RefuseCircleAsync(write, parentId, child.JobId, step, cancellationToken);
        using SqlStatement read = write.Session.Statement(StatusSql).Bind("id", child.JobId);
        string status = (await read.ScalarAsync<string>(cancellationToken))!;
        bool hasEnded = JobStatusText.Parse(status).IsTerminal();
        using SqlStatement insert = write.Session.Statement(InsertSql)
            .Bind("id", parentId).Bind("step", step).Bind("position", position).Bind("child", child.JobId)
            .Bind("resolved_at", hasEnded ? write.Now : null).Bind("resolution", hasEnded ? status : null);
        await insert.ExecuteAsync(cancellationToken);
        if (!hasEnded)
            await DependencyWriter.TieAsync(write, child.JobId, JobTies.Dependents, cancellationToken);
    }

    private static async Task RefuseCircleAsync(
        StoreWrite write, Guid parentId, Guid childId, string step, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(CircleSql).Bind("child", childId).Bind("id", parentId);
        if (await find.ScalarAsync<long>(cancellationToken) == 1)
            throw new InvalidJobException(
                $"Step '{step}' would await job {childId}, which waits for this job ({parentId}) itself: neither would go on.");
    }

    private static async Task ReopenAsync(StoreWrite write, Guid parentId, string step, Child child, CancellationToken cancellationToken)
    {
        using (SqlStatement reopen = write.Session.Statement(ReopenSql)
            .Bind("id", parentId).Bind("step", step).Bind("position", child.Position))
        {
            await reopen.ExecuteAsync(cancellationToken);
        }
        await DependencyWriter.TieAsync(write, child.Id, JobTies.Dependents, cancellationToken);
    }

    private static async Task<List<Child>> ChildrenAsync(StoreWrite write, Guid parentId, string step, CancellationToken cancellationToken)
    {
        using SqlStatement read = write.Session.Statement(ChildrenSql).Bind("id", parentId).Bind("step", step);
        return await read.QueryAsync(
            row => new Child(
                row.GetInt32(0), row.GetGuid(1), row.GetBoolean(2), row.TextOrNull(3), row.TextOrNull(4), row.TextOrNull(5), row.TextOrNull(6)),
            cancellationToken);
    }

    /// <param name="IsAwaited">Its end would wake the parent.</param>
    /// <param name="Status">Null: it was deleted.</param>
    private sealed record Child(
        int Position, Guid Id, bool IsAwaited, string? Status, string? Result, string? ErrorCode, string? ErrorMessage)
    {
        public bool IsUnfinished => Status is "queued" or "running";

        public ChildEnd ToEnd() => new(
            Id, Status ?? "deleted", Result is null ? null : JsonSerializer.Deserialize<JsonElement>(Result), ErrorCode, ErrorMessage);
    }
}

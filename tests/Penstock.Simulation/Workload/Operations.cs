using System.Data.Common;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Simulation.Faults;

namespace Penstock.Simulation.Workload;

/// <summary>Follows its script.</summary>
internal sealed class ScriptedOperation(WorkerNode node) : Operation<ScriptedOperation.Payload, ScriptedOperation.Result>
{
    /// <param name="ContinuationOf">The job whose end enqueued this one.</param>
    public sealed record Payload(IReadOnlyList<string> Acts, Guid? ContinuationOf = null);

    public sealed record Result(int Attempt, string? Note = null);

    public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        using IDisposable end = node.Begin($"job {job.JobId}", job.JobId, job.Attempt, cancellationToken, out Execution execution);
        await Scripts.RunAsync(
            payload.Acts, job.Attempt, node.World.Healed.Contains(job.JobId), execution,
            name => job.EmitAsync(name, new { job.Attempt }, cancellationToken), job.Time, cancellationToken);
        return new Result(job.Attempt, payload.Acts[^1] == "unstorable" ? FaultInjectingStore.Unstorable : null);
    }
}

/// <summary>Enqueues its children, each under a key of its own, and waits for them.</summary>
internal sealed class FamilyOperation(WorkerNode node) : IOperation
{
    public sealed record Payload(IReadOnlyList<IReadOnlyList<string>> Children);

    public Type PayloadType => typeof(Payload);

    public async Task<JobOutcome> ExecuteAsync(object payload, JobContext job, CancellationToken cancellationToken)
    {
        using IDisposable end = node.Begin($"job {job.JobId}", job.JobId, job.Attempt, cancellationToken, out _);
        IReadOnlyList<IReadOnlyList<string>> children = ((Payload)payload).Children;
        List<NewJob> jobs = children.Select((acts, i) => new NewJob("sim.step", PayloadJson.Write(new ScriptedOperation.Payload(acts)))
        {
            ParentJobId = job.JobId,
            IdempotencyKey = $"child:{job.JobId}:{i}",
        }).ToList();
        if (jobs.Count > 0)
            await node.Client.EnqueueManyAsync(jobs, cancellationToken);
        return new JobOutcome.AwaitsChildren("{}");
    }
}

/// <summary>Sends items through two stages.</summary>
internal sealed class FanOperation(WorkerNode node) : Coordinator<FanOperation.Payload, FanOperation.Result>
{
    public sealed record Payload(IReadOnlyList<FanScript> Items, double FailureRatio, bool Continues);

    public sealed record Result(int Items);

    public override Task<BatchPlan<Result>> PlanAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        using IDisposable end = node.Begin($"job {job.JobId}", job.JobId, job.Attempt, cancellationToken, out _);
        List<object> items = payload.Items.Select(script => (object)new FanItem(job.Attempt, script)).ToList();
        return Task.FromResult(
            new BatchPlan<Result>(new Result(items.Count), ["sim.cut", "sim.write"], items)
            {
                FailureRatio = payload.FailureRatio,
                Continuation = payload.Continues
                    ? new NewJob("sim.step", PayloadJson.Write(new ScriptedOperation.Payload(["ok"], job.JobId)))
                    : null,
            });
    }
}

internal sealed record FanScript(IReadOnlyList<string> Cut, IReadOnlyList<string> Write, int EffectFailures);

/// <param name="Generation">The coordinator's attempt that planned it.</param>
internal sealed record FanItem(int Generation, FanScript Script);

/// <summary>Either stage of a batch: leaves one row each time its effect is committed.</summary>
internal abstract class FanStage(WorkerNode node, int stage) : ItemOperation<FanItem>
{
    private const string EffectSql = """
        insert into sim_effect (parent_job_id, generation, stage, item_index) values (@id, @generation, @stage, @index)
        """;

    public override async Task<ItemOutcome> RunAsync(FanItem item, ItemContext context, CancellationToken cancellationToken)
    {
        Guid parent = context.ParentJobId;
        using IDisposable end = node.Begin(
            $"item {parent}/{item.Generation}/{stage}/{context.Index}", parent, context.Attempt, cancellationToken, out Execution execution);
        await Scripts.RunAsync(
            stage == 0 ? item.Script.Cut : item.Script.Write, context.Attempt, node.World.Healed.Contains(parent), execution, null,
            context.Time, cancellationToken);
        bool throws = stage == 1 && context.Attempt <= item.Script.EffectFailures;
        return new ItemOutcome(
            (transaction, token) => WriteAsync(transaction, parent, item.Generation, context.Index, throws, token), stage == 0 ? item : null)
        {
            Events = context.Index % 2 == 0 ? [new ItemEvent("done", new { stage, context.Index })] : [],
        };
    }

    private async Task WriteAsync(
        DbTransaction transaction, Guid parent, int generation, int index, bool throws, CancellationToken cancellationToken)
    {
        await using DbCommand insert = transaction.Connection!.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = EffectSql;
        foreach ((string name, object value) in new (string, object)[]
            { ("@id", parent.ToString()), ("@generation", generation), ("@stage", stage), ("@index", index) })
        {
            DbParameter parameter = insert.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            insert.Parameters.Add(parameter);
        }
        await insert.ExecuteNonQueryAsync(cancellationToken);
        // After its write: if the transaction were not undone, the row would stay.
        if (throws)
            throw new TimeoutException("scripted failure of an effect");
    }
}

internal sealed class CutItem(WorkerNode node) : FanStage(node, 0);

internal sealed class WriteItem(WorkerNode node) : FanStage(node, 1);

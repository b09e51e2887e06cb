using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;

namespace Penstock.CrashHost;

/// <summary>Operations that leave traces a test can count.</summary>
internal static class Operations
{
    private static readonly RetryPolicy Quick = new(3, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200));

    public static void Add(PenstockBuilder builder)
    {
        builder.AddOperation<Note>("crash.note", "notes", "Tells one event and succeeds.", Quick);
        builder.AddOperation<Stumble>("crash.stumble", "notes", "Fails the first time.", Quick);
        builder.AddOperation<Hang>("crash.hang", "hangs", "Says nothing until it is stopped.", Quick);
        builder.AddOperation<Tick>("crash.tick", "ticks", "Writes a line beside the store every 50 ms, and tells of it if asked to.", Quick);
        builder.AddOperation<Poison>("crash.poison", "notes", "Kills its process.", Quick);
        builder.AddOperation<Nap>("crash.nap", "ticks", "Takes a while, whatever it is told.", Quick);
        builder.AddOperation<Fan>("crash.fan", "fans", "Sends items through two stages.", Quick);
        builder.AddItemOperation<Cut>("crash.cut", "cuts", "First stage.", Quick);
        builder.AddItemOperation<Write>("crash.write", "writes", "Second stage.", Quick);
        builder.Services.AddTransient<Family>();
        builder.Services.AddSingleton(new OperationDefinition("crash.family", typeof(Family), "families", Quick) { PayloadType = typeof(Nothing) });
    }
}

internal sealed record Nothing;

internal sealed class Note : Operation<Nothing, int>
{
    public override async Task<int> RunAsync(Nothing payload, JobContext job, CancellationToken cancellationToken)
    {
        await job.EmitAsync("crash.noted", new { job.Attempt }, cancellationToken);
        // Long enough for a heartbeat to come while some run.
        await Task.Delay(TimeSpan.FromMilliseconds(30), job.Time, cancellationToken);
        return job.Attempt;
    }
}

internal sealed class Stumble : Operation<Nothing, int>
{
    public override Task<int> RunAsync(Nothing payload, JobContext job, CancellationToken cancellationToken) =>
        job.Attempt == 1 ? throw new TimeoutException("the first attempt fails") : Task.FromResult(job.Attempt);
}

internal sealed class Hang : Operation<Nothing, int>
{
    public override async Task<int> RunAsync(Nothing payload, JobContext job, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, job.Time, cancellationToken);
        return 0;
    }
}

/// <summary>Says in the store and in a file that it runs, so that a test sees both what was allowed and what was tried.</summary>
internal sealed class Tick : Operation<Tick.Payload, int>
{
    public sealed record Payload(string File, int Ticks, bool Tells);

    public override async Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        for (int tick = 0; tick < payload.Ticks; tick++)
        {
            // One write to a file opened for appending: whole lines, in the order of writing, from all processes.
            await File.AppendAllTextAsync(payload.File, $"{job.JobId} {job.Attempt} {Environment.ProcessId}\n", cancellationToken);
            if (payload.Tells)
                await job.EmitAsync("crash.ticked", new { job.Attempt }, cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(50), job.Time, cancellationToken);
        }
        return job.Attempt;
    }
}

internal sealed class Poison : Operation<Nothing, int>
{
    public override async Task<int> RunAsync(Nothing payload, JobContext job, CancellationToken cancellationToken)
    {
        // Others that began with it have ended by then: what dies with it thrice is put aside with it.
        await Task.Delay(TimeSpan.FromMilliseconds(500), job.Time, cancellationToken);
        Death.Kill();
        return 0;
    }
}

/// <summary>Listens to no token: what it says comes when it comes.</summary>
internal sealed class Nap : Operation<Nothing, int>
{
    public override async Task<int> RunAsync(Nothing payload, JobContext job, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(1.5), job.Time, CancellationToken.None);
        return job.Attempt;
    }
}

internal sealed class Fan : Coordinator<Fan.Payload, int>
{
    public sealed record Payload(int Items);

    public sealed record Item(int Attempt);

    public override Task<BatchPlan<int>> PlanAsync(Payload payload, JobContext job, CancellationToken cancellationToken) =>
        Task.FromResult(new BatchPlan<int>(
            payload.Items, ["crash.cut", "crash.write"], [.. Enumerable.Range(0, payload.Items).Select(_ => (object)new Item(job.Attempt))])
        {
            Continuation = new NewJob("crash.note", """{"continues":true}"""),
        });
}

/// <summary>Its effect is a row without a key: a second one would be there to count.</summary>
internal abstract class Stage(int stage) : ItemOperation<Fan.Item>
{
    private const string EffectSql = "insert into crash_effect (parent_job_id, stage, item_index) values (@id, @stage, @index)";

    public override Task<ItemOutcome> RunAsync(Fan.Item item, ItemContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new ItemOutcome(
            (transaction, token) => WriteAsync(transaction, context, token), stage == 0 ? item : null));

    private async Task WriteAsync(DbTransaction transaction, ItemContext context, CancellationToken cancellationToken)
    {
        await using DbCommand insert = transaction.Connection!.CreateCommand();
        (insert.Transaction, insert.CommandText) = (transaction, EffectSql);
        foreach ((string name, object value) in new (string, object)[] { ("@id", $"{context.ParentJobId}"), ("@stage", stage), ("@index", context.Index) })
        {
            DbParameter parameter = insert.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            insert.Parameters.Add(parameter);
        }
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }
}

internal sealed class Cut() : Stage(0);

internal sealed class Write() : Stage(1);

internal sealed class Family(IJobClient client) : IOperation
{
    public const int Children = 4;

    public Type PayloadType => typeof(Nothing);

    public async Task<JobOutcome> ExecuteAsync(object payload, JobContext job, CancellationToken cancellationToken)
    {
        List<NewJob> children = [.. Enumerable.Range(0, Children).Select(i => new NewJob("crash.note", "{}")
        {
            ParentJobId = job.JobId, IdempotencyKey = $"child:{job.JobId}:{i}",
        })];
        await client.EnqueueManyAsync(children, cancellationToken);
        return new JobOutcome.AwaitsChildren("{}");
    }
}

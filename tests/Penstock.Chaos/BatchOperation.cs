using System.Data.Common;
using Penstock.Engine.Operations;

namespace Penstock.Chaos;

/// <summary>A batch: some of its items fail for good, one fails once, and each that is done leaves its effect in the store.</summary>
/// <remarks>Safe to run again: it plans the same items.</remarks>
internal sealed class BatchOperation(Journal journal) : Coordinator<BatchOperation.Payload, int>
{
    public const string Name = "chaos.batch";

    /// <summary>When this part of a batch's items failed for good, it has failed.</summary>
    public const double FailureRatio = 0.25;

    /// <param name="Milliseconds">How long an item runs.</param>
    /// <param name="FailedItems">How many items fail for good.</param>
    public sealed record Payload(int Number, int Milliseconds, int Items, int FailedItems);

    public override Task<BatchPlan<int>> PlanAsync(Payload payload, JobContext job, CancellationToken cancellationToken) =>
        journal.RecordAsync(job.JobId, item: null, job.Attempt, () => Task.FromResult(
            new BatchPlan<int>(payload.Number, [ItemOperation.Name], [.. Enumerable.Range(0, payload.Items).Select(i => (object)ItemOf(payload, i))])
            {
                FailureRatio = FailureRatio,
            }));

    private static ItemOperation.Item ItemOf(Payload payload, int index) =>
        new(payload.Milliseconds, index < payload.FailedItems ? Plan.AlwaysFails : index == payload.FailedItems ? 1 : 0);
}

/// <summary>An item takes its time and writes a row without a key: a second one would be there to count.</summary>
internal sealed class ItemOperation(Journal journal) : ItemOperation<ItemOperation.Item>
{
    public const string Name = "chaos.item";

    private const string EffectSql = "insert into chaos_effect (parent_job_id, item_index) values (@id, @index)";

    /// <param name="Failures">How often it fails before it succeeds.</param>
    public sealed record Item(int Milliseconds, int Failures);

    public override Task<ItemOutcome> RunAsync(Item item, ItemContext context, CancellationToken cancellationToken) =>
        journal.RecordAsync(context.ParentJobId, context.Index, context.Attempt, async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(item.Milliseconds), context.Time, cancellationToken);
            PlannedFailureException.ThrowIfPlanned(context.Attempt, item.Failures);
            return new ItemOutcome((transaction, token) => WriteAsync(transaction, context, token));
        });

    private static async Task WriteAsync(DbTransaction transaction, ItemContext context, CancellationToken cancellationToken)
    {
        await using DbCommand insert = transaction.Connection!.CreateCommand();
        (insert.Transaction, insert.CommandText) = (transaction, EffectSql);
        foreach ((string name, object value) in new (string, object)[] { ("@id", $"{context.ParentJobId}"), ("@index", context.Index) })
        {
            DbParameter parameter = insert.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            insert.Parameters.Add(parameter);
        }
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }
}

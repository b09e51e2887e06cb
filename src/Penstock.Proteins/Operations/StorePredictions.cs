using Penstock.Engine.Operations;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Operations;

/// <summary>Stores the predictions of one batch, in the transaction that counts the batch as done.</summary>
/// <remarks>Safe to run again: a query has a term once in a prediction set.</remarks>
internal sealed class StorePredictions(PredictionStore predictions) : ItemOperation<StorePredictions.Item>
{
    public const string OperationName = "store_predictions";

    public sealed record Item(Guid PredictionSetId, IReadOnlyList<QueryPredictions> Queries);

    public override Task<ItemOutcome> RunAsync(Item item, ItemContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new ItemOutcome(
            (transaction, token) => predictions.InsertAsync(transaction, item.PredictionSetId, item.Queries, token))
        {
            Events =
            [
                new("store_predictions.done", new { PredictionsInserted = item.Queries.Sum(q => q.Terms.Count), context.ParentJobId }),
            ],
        });
}

using Microsoft.AspNetCore.Http.HttpResults;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;

namespace OrderDesk;

internal static class OrderEndpoints
{
    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/orders", PlaceAsync);
        routes.MapGet("/orders", (OrderStore orders, CancellationToken cancellationToken) => orders.ListAsync(cancellationToken));
        routes.MapGet("/orders/{id:guid}", FindAsync);
    }

    #region place
    /// <summary>The order, what it takes from the stock, and the job that confirms it: one transaction, all or nothing.</summary>
    internal static async Task<Results<Created<Order>, Conflict<string>>> PlaceAsync(
        NewOrder request, IJobTransactions transactions, IdGenerator ids, CancellationToken cancellationToken)
    {
        Guid id = ids.NewId();
        await using JobTransaction transaction = await transactions.BeginAsync(cancellationToken);
        EnqueueResult job = await transaction.EnqueueAsync<ConfirmOrder>(new ConfirmOrder.Payload(id), cancellationToken);
        Order order = new(id, request.Customer, request.Item, request.Quantity, job.JobId, Confirmation: null);
        await OrderStore.InsertAsync(transaction, order, cancellationToken);
        if (!await OrderStore.TakeFromStockAsync(transaction, request.Item, request.Quantity, cancellationToken))
            return TypedResults.Conflict($"There are not {request.Quantity} of {request.Item} in stock."); // Not committed: no order, no job.
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Created($"/orders/{id}", order);
    }
    #endregion

    internal static async Task<Results<Ok<Order>, NotFound>> FindAsync(Guid id, OrderStore orders, CancellationToken cancellationToken) =>
        await orders.FindAsync(id, cancellationToken) is { } order ? TypedResults.Ok(order) : TypedResults.NotFound();
}

/// <summary>What a customer asks for.</summary>
internal sealed record NewOrder(string Customer, string Item, int Quantity);

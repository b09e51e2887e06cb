using Penstock.Engine.Operations;

namespace OrderDesk;

#region operation
/// <summary>Writes the confirmation of an order.</summary>
/// <remarks>Safe to run again: the confirmation's key is the order, so a second run writes nothing.</remarks>
internal sealed class ConfirmOrder(OrderStore orders) : Operation<ConfirmOrder.Payload, ConfirmOrder.Result>
{
    public sealed record Payload(Guid OrderId);
    public sealed record Result(string Text);

    public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        Order order = await orders.FindAsync(payload.OrderId, cancellationToken)
            ?? throw new InvalidOperationException($"There is no order {payload.OrderId}: it was deleted after it was placed.");
        string text = $"Dear {order.Customer}, {order.Quantity} x {order.Item} is on its way.";
        await orders.ConfirmAsync(order.Id, text, cancellationToken);
        return new Result(text);
    }
}
#endregion

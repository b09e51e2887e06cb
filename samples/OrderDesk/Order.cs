namespace OrderDesk;

/// <param name="Confirmation">What was sent to the customer; null until the job has run.</param>
internal sealed record Order(Guid Id, string Customer, string Item, int Quantity, Guid JobId, string? Confirmation);

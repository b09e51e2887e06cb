namespace Penstock.Client.Resources;

/// <summary>A running job or item that holds some of a resource.</summary>
/// <param name="ItemIndex">Null: the job itself; else this item of its batch.</param>
/// <param name="Since">When it was claimed.</param>
public sealed record ResourceHolderView(Guid JobId, int? ItemIndex, string QueueName, int Units, string WorkerId, DateTimeOffset Since);

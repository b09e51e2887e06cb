namespace Penstock.Client.Jobs;

/// <summary>A job after a cancellation; one that had ended before keeps its status.</summary>
public sealed record CancelledJob(Guid Id, string Status, int ChildrenCancelled);

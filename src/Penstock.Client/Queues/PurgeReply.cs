namespace Penstock.Client.Queues;

/// <param name="Jobs">Queued jobs that were cancelled, or would be.</param>
/// <param name="ItemsLeft">Items of batches that wait in the queue: they belong to a running job and stay. Cancel that job to drop them.</param>
/// <param name="Running">Units that run and are left alone.</param>
public sealed record PurgeReply(string Name, bool DryRun, long Jobs, long ItemsLeft, long Running);

namespace Penstock.Client.Jobs;

/// <summary>The job that now stands for a request.</summary>
/// <param name="Status"><c>queued</c>, or how far the job of a known idempotency key has come.</param>
/// <param name="Existed">The idempotency key was known: an earlier request made the job.</param>
public sealed record QueuedJob(Guid Id, string Status, bool Existed = false);

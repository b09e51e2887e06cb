namespace Penstock.Client.Jobs;

/// <summary>A job removed with its history.</summary>
public sealed record DeletedJob(Guid Deleted);

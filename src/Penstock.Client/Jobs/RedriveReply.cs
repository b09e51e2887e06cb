namespace Penstock.Client.Jobs;

/// <summary>A job sent again from its dead letters.</summary>
/// <param name="Id">The job that runs again.</param>
/// <param name="Redriven">Dead letters sent again: 1 for a job, the failed items for a batch.</param>
public sealed record RedriveReply(Guid Id, string Status, int Redriven);

namespace Penstock.Client.Jobs;

/// <summary>Why a job is cancelled; kept in its history.</summary>
public sealed record CancelRequest(string? Reason = null);

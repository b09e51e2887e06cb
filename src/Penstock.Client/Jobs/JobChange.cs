namespace Penstock.Client.Jobs;

/// <summary>What may change on a queued job.</summary>
/// <param name="Priority">Higher runs first; -1000 to 1000.</param>
public sealed record JobChange(int Priority);

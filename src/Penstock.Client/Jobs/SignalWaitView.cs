namespace Penstock.Client.Jobs;

/// <summary>A signal that a job waits for.</summary>
/// <param name="Deadline">When the wait fails; null: never.</param>
public sealed record SignalWaitView(string Name, string Step, DateTimeOffset Since, DateTimeOffset? Deadline);

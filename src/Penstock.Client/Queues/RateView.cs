namespace Penstock.Client.Queues;

/// <summary>At most so many starts in any window of this length, over all workers.</summary>
/// <param name="Used">Starts that count now.</param>
public sealed record RateView(int Count, double PerSeconds, long? Used = null);

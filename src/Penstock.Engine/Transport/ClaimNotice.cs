namespace Penstock.Engine.Transport;

/// <summary>What a transport hears of a claim that has committed.</summary>
/// <param name="Queues">The queues it was for.</param>
/// <param name="Heard"><see cref="IWakeUps.Heard"/> before it began.</param>
/// <param name="IsFull">It took all it has room for, so there may be more, for others; and wake-ups are wasted on it for now.</param>
public readonly record struct ClaimNotice(IReadOnlyCollection<string> Queues, long Heard, bool IsFull);

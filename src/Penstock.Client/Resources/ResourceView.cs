using Penstock.Client.Queues;

namespace Penstock.Client.Resources;

/// <summary>Something of which only so much can be in use at once.</summary>
/// <param name="Name">As declared; <c>key:QUEUE:KEY</c> stands for a concurrency key.</param>
/// <param name="Capacity">Null: no limit, or declared by no program.</param>
/// <param name="InUse">Units held by what runs.</param>
/// <param name="Waiting">Jobs and items that wait for it.</param>
public sealed record ResourceView(
    string Name, long? Capacity, long InUse, long Waiting, RateView? Rate, IReadOnlyList<ResourceHolderView> Holders);

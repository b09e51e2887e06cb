using Penstock.Engine.Operations;

namespace Penstock.Engine.Storage;

/// <summary>Resources as they stand, for people.</summary>
public interface IResourceReader
{
    /// <summary>Those declared, by name; then those of concurrency keys that somebody holds or waits for.</summary>
    Task<IReadOnlyList<ResourceState>> ResourcesAsync(CancellationToken cancellationToken);
}

/// <param name="Capacity">Null: no limit (a key of a queue that has none), or a resource nobody declared.</param>
/// <param name="InUse">Units held by what runs.</param>
/// <param name="Waiting">Units of work that wait for it.</param>
/// <param name="Holders">Who holds it, longest first.</param>
public sealed record ResourceState(
    string Name, long? Capacity, RateLimit? Rate, long InUse, long Waiting, IReadOnlyList<ResourceHolder> Holders);

/// <param name="JobId">The job, or the one whose batch the item belongs to.</param>
/// <param name="ItemIndex">Null: the job itself.</param>
public sealed record ResourceHolder(Guid JobId, int? ItemIndex, string QueueName, int Units, string WorkerId, DateTimeOffset Since);

using Penstock.Client.DeadLetters;
using Penstock.Client.Events;
using Penstock.Client.Jobs;

namespace Penstock.Console.Jobs;

/// <param name="Events">Newest first.</param>
/// <param name="HasOlderEvents">More than these are stored.</param>
/// <param name="Children">The newest of them.</param>
/// <param name="DeadLetters">Pending ones of this job or its items.</param>
public sealed record JobDetailModel(
    JobDetail Job, IReadOnlyList<EventView> Events, bool HasOlderEvents, IReadOnlyList<JobView> Children,
    IReadOnlyList<DeadLetterView> DeadLetters);

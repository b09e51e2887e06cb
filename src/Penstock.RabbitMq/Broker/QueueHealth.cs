using System.Collections.Concurrent;

namespace Penstock.RabbitMq.Broker;

/// <summary>Which queues of the broker do not answer, over all connections.</summary>
/// <remarks>
/// A quorum queue whose broker is killed right after it was made can come back without a leader: it takes no message and no
/// consumer, and nothing but deleting it helps (seen with 3.10.8). A queue of wake-ups holds nothing that is worth waiting for.
/// </remarks>
internal sealed class QueueHealth
{
    /// <summary>Requests in a row without an answer after which a queue is given up.</summary>
    private const int SilencesMax = 2;

    private readonly ConcurrentDictionary<string, int> _silences = new(StringComparer.Ordinal);

    public void Silent(string queue) => _silences.AddOrUpdate(queue, 1, static (_, count) => count + 1);

    public void Answered(string queue)
    {
        // Once per message, and nearly always there is nothing to forget.
        if (!_silences.IsEmpty)
            _silences.TryRemove(queue, out _);
    }

    public bool IsGivenUp(string queue) => _silences.TryGetValue(queue, out int count) && count >= SilencesMax;
}

using Microsoft.Extensions.Logging;
using Penstock.Engine.Transport;
using Penstock.RabbitMq.Consuming;
using Penstock.RabbitMq.Publishing;
using Penstock.RabbitMq.Undecodable;

namespace Penstock.RabbitMq.Broker;

/// <summary>What outlives a connection, for the one that stands.</summary>
/// <param name="Self">Names this process in its messages.</param>
/// <param name="Here">The listeners of this process.</param>
/// <param name="Heard">The count of wake-ups so far.</param>
/// <param name="NextNumber">Counts one more.</param>
/// <param name="Report">Stores a message that is no wake-up, for people to review; null: it stays in the broker.</param>
internal sealed record SessionParts(
    RabbitMqOptions Options, string Self, InProcessWakeUps Here, RaisedWakeUps Raised, Deliveries Deliveries, QueueHealth Health, Func<long> Heard, Func<long> NextNumber,
    RabbitMqMetrics Metrics, TimeProvider Time, ILogger Logger, Func<UndecodableMessage, CancellationToken, Task>? Report);

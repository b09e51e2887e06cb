using Microsoft.Extensions.Logging;

namespace Penstock.RabbitMq;

internal static partial class RabbitMqLog
{
    [LoggerMessage(2611, LogLevel.Information, "Connected to RabbitMQ {Version} at {Address}")]
    public static partial void Connected(this ILogger logger, string version, string address);

    [LoggerMessage(2612, LogLevel.Warning, "{Message} Trying again, at first in {DelaySeconds:F1} s")]
    public static partial void Disconnected(this ILogger logger, string message, double delaySeconds);

    [LoggerMessage(2613, LogLevel.Debug, "Attempt {Attempt} to reach RabbitMQ failed: {Message}")]
    public static partial void StillDisconnected(this ILogger logger, int attempt, string message);

    [LoggerMessage(2614, LogLevel.Error, "{Message} Its jobs are found by polling")]
    public static partial void QueueUnusable(this ILogger logger, string message);

    [LoggerMessage(2615, LogLevel.Warning, "A message in {Queue} is no wake-up ({Reason}); sent it to {DeadLetters}")]
    public static partial void Undecodable(this ILogger logger, string queue, string reason, string deadLetters);

    [LoggerMessage(2616, LogLevel.Warning, "Queue {Queue} is gone from the broker; declaring it anew")]
    public static partial void QueueGone(this ILogger logger, string queue);

    [LoggerMessage(2618, LogLevel.Warning,
        "Queue {Queue} of the broker answers neither messages nor consumers; deleting it there and declaring it anew. It held wake-ups only, no work")]
    public static partial void QueueGivenUp(this ILogger logger, string queue);

    [LoggerMessage(2619, LogLevel.Warning, "A message in {Queue} waits there, since it cannot be stored for review: {Reason} Trying again")]
    public static partial void UndecodableNotStored(this ILogger logger, string queue, string reason);

    [LoggerMessage(2617, LogLevel.Error, "The RabbitMQ transport failed in a way it does not know; jobs are found by polling meanwhile")]
    public static partial void Unexpected(this ILogger logger, Exception error);
}

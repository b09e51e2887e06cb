using Microsoft.Extensions.Logging;

namespace Penstock.Postgres;

internal static partial class PostgresLog
{
    [LoggerMessage(2701, LogLevel.Warning,
        "PostgreSQL at {Address} had crashed: the hints of queued work were gone and were made anew from the jobs")]
    public static partial void HintsRebuilt(this ILogger logger, string address);

    [LoggerMessage(2702, LogLevel.Debug, "One of {Calls} calls of a shared commit threw; nothing of it is stored and each runs in its own")]
    public static partial void CallsRunAlone(this ILogger logger, int calls, Exception error);

    [LoggerMessage(2703, LogLevel.Warning,
        "No wake-ups over PostgreSQL at {Address} ({Error}): work of other processes is found by polling; next try in {Seconds} s")]
    public static partial void NoWakeUps(this ILogger logger, string address, string error, double seconds);
}

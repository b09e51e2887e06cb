using Microsoft.Extensions.Logging;

namespace Penstock.Postgres;

internal static partial class PostgresLog
{
    [LoggerMessage(2701, LogLevel.Warning,
        "PostgreSQL at {Address} had crashed: the hints of queued work were gone and were made anew from the jobs")]
    public static partial void HintsRebuilt(this ILogger logger, string address);
}

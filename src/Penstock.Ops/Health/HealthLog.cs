using Microsoft.Extensions.Logging;

namespace Penstock.Ops.Health;

internal static partial class HealthLog
{
    [LoggerMessage(4101, LogLevel.Warning, "The readiness check {Check} failed; the system reports that it is not ready")]
    public static partial void CheckFailed(this ILogger logger, Exception error, string check);
}

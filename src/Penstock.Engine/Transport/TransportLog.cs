using Microsoft.Extensions.Logging;

namespace Penstock.Engine.Transport;

internal static partial class TransportLog
{
    [LoggerMessage(2601, LogLevel.Warning,
        "Other processes of this workspace cannot be woken over {Folder} ({Reason}); they find work by polling, within a second")]
    public static partial void NoNeighbours(this ILogger logger, string folder, string reason);
}

using Microsoft.Extensions.Logging;

namespace Penstock.Ops.Security;

internal static partial class SecurityLog
{
    [LoggerMessage(4001, LogLevel.Warning,
        "Nobody could log in yet: made the user {Name}; its password is in {File} until it is changed")]
    public static partial void FirstAdminMade(this ILogger logger, string name, string file);

    [LoggerMessage(4002, LogLevel.Warning, "Login as {Name} from {Address} failed: {Reason}")]
    public static partial void LoginRefused(this ILogger logger, string name, string address, string reason);
}

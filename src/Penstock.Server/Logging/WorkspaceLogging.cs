using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NLog;
using NLog.Config;
using NLog.Extensions.Logging;
using NLog.Layouts;
using NLog.Targets;
using NLog.Targets.Wrappers;
using Penstock.Engine.Protection;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;

namespace Penstock.Server.Logging;

/// <summary>One JSON object per line in the workspace's logs/, and short lines for people on standard error.</summary>
/// <remarks>
/// The reaper's lines of the server also go into a file of their own: that is where its operators look. Worker processes
/// write theirs into their own log only, since a file that several processes archive would lose lines.
/// </remarks>
internal static class WorkspaceLogging
{
    private const string ReaperFile = "worker-reaper.log";
    private const string ReaperLoggers = "Penstock.*Reaper*";

    public static void AddWorkspaceLogging(this ILoggingBuilder logging, Workspace workspace, HostOptions options)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Trace);
        // The framework's own talk is for its developers.
        logging.AddFilter("Microsoft", Microsoft.Extensions.Logging.LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", Microsoft.Extensions.Logging.LogLevel.Error);
        // A factory per host, flushed and closed with it: tests run several hosts in one process.
        logging.Services.AddSingleton<ILoggerProvider>(_ => new NLogLoggerProvider(
            new NLogProviderOptions { ShutdownOnDispose = true }, Factory(workspace, options)));
    }

    private static LogFactory Factory(Workspace workspace, HostOptions options)
    {
        LogSettings settings = options.Configuration.Settings.Logs;
        NLog.LogLevel least = LeastLevel(settings.Level);
        LogFactory factory = new();
        SecretMask mask = new([.. options.Configuration.Settings.Security.MaskedFields, .. options.Configuration.Settings.Operations.SelectMany(o => o.MaskedFields)]);
        LoggingConfiguration configuration = new(factory);
        configuration.AddRule(least, NLog.LogLevel.Fatal, Background(File(workspace, options.LogName + ".log", settings, mask)));
        if (options.ListensHttp)
            configuration.AddRule(least, NLog.LogLevel.Fatal, Background(File(workspace, ReaperFile, settings, mask)), ReaperLoggers);
        if (options.LogToConsole)
        {
            // Why a start failed is told by the command itself, in one line.
            configuration.AddRule(NLog.LogLevel.Trace, NLog.LogLevel.Fatal, new NullTarget("told"), "Microsoft.Extensions.Hosting.*", final: true);
            configuration.AddRule(least, NLog.LogLevel.Fatal, Console(mask));
        }
        factory.Configuration = configuration;
        return factory;
    }

    private static NLog.LogLevel LeastLevel(string level) => level switch
    {
        "trace" => NLog.LogLevel.Trace,
        "debug" => NLog.LogLevel.Debug,
        "warning" => NLog.LogLevel.Warn,
        "error" => NLog.LogLevel.Error,
        _ => NLog.LogLevel.Info,
    };

    private static FileTarget File(Workspace workspace, string name, LogSettings settings, SecretMask mask) => new(name)
    {
        FileName = Path.Combine(workspace.LogFolder, name),
        Layout = Json(mask),
        Encoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        LineEnding = LineEndingMode.LF,
        ArchiveAboveSize = settings.MaxFileBytes,
        MaxArchiveFiles = settings.FilesKept,
        // Opened for each burst: an operator may truncate or move the file under a running server.
        KeepFileOpen = false,
    };

    private static AsyncTargetWrapper Background(FileTarget file) => new(file)
    {
        Name = $"{file.Name}-queue",
        QueueLimit = 10_000,
        OverflowAction = AsyncTargetWrapperOverflowAction.Block,
        BatchSize = 200,
        TimeToSleepBetweenBatches = 50,
    };

    // Secrets go from the finished text, wherever in it they came from.
    private static JsonLayout Json(SecretMask mask) => new()
    {
        IncludeEventProperties = true,
        IncludeScopeProperties = true,
        ExcludeEmptyProperties = true,
        Attributes =
        {
            new JsonAttribute("ts", "${date:universalTime=true:format=yyyy-MM-ddTHH\\:mm\\:ss.ffffffZ}"),
            new JsonAttribute("level", "${level:lowercase=true}"),
            new JsonAttribute("logger", "${logger}"),
            new JsonAttribute("message", Layout.FromMethod(entry => mask.Text(entry.FormattedMessage))),
            new JsonAttribute("error", Layout.FromMethod(entry => entry.Exception is null ? "" : mask.Text(entry.Exception.ToString()))),
        },
    };

    private static ConsoleTarget Console(SecretMask mask) => new("console")
    {
        StdErr = true,
        Layout = Layout.FromMethod(entry => string.Create(
            CultureInfo.InvariantCulture,
            $"{entry.TimeStamp:HH:mm:ss} {entry.Level.Name.ToLowerInvariant(),-5} {mask.Text(entry.FormattedMessage)}{(entry.Exception is { } error ? $"\n{mask.Text(error.ToString())}" : "")}")),
    };
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NLog;
using NLog.Config;
using NLog.Extensions.Logging;
using NLog.Layouts;
using NLog.Targets;
using NLog.Targets.Wrappers;
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
        LoggingConfiguration configuration = new(factory);
        configuration.AddRule(least, NLog.LogLevel.Fatal, Background(File(workspace, options.LogName + ".log", settings)));
        if (options.ListensHttp)
            configuration.AddRule(least, NLog.LogLevel.Fatal, Background(File(workspace, ReaperFile, settings)), ReaperLoggers);
        if (options.LogToConsole)
            configuration.AddRule(least, NLog.LogLevel.Fatal, Console());
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

    private static FileTarget File(Workspace workspace, string name, LogSettings settings) => new(name)
    {
        FileName = Path.Combine(workspace.LogFolder, name),
        Layout = Json(),
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

    private static JsonLayout Json() => new()
    {
        IncludeEventProperties = true,
        IncludeScopeProperties = true,
        ExcludeEmptyProperties = true,
        Attributes =
        {
            new JsonAttribute("ts", "${date:universalTime=true:format=yyyy-MM-ddTHH\\:mm\\:ss.ffffffZ}"),
            new JsonAttribute("level", "${level:lowercase=true}"),
            new JsonAttribute("logger", "${logger}"),
            new JsonAttribute("message", "${message}"),
            new JsonAttribute("error", "${exception:format=tostring}"),
        },
    };

    private static ConsoleTarget Console() => new("console")
    {
        StdErr = true,
        Layout = "${date:format=HH\\:mm\\:ss} ${level:padding=-5:lowercase=true} ${message}${onexception:inner=${newline}${exception:format=tostring}}",
    };
}

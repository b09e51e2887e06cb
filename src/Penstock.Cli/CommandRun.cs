using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;

namespace Penstock.Cli;

/// <summary>One execution of one command: its parsed line, its terminal, its workspace, its server.</summary>
internal sealed class CommandRun(CliContext cli, ParseResult parse)
{
    private Terminal? _terminal;

    public CliEnvironment Environment => cli.Environment;
    public TimeProvider Time => cli.Environment.Time;
    public Terminal Terminal => _terminal ??= new Terminal(cli.Environment, Value(cli.Globals.Json));
    public bool Json => Value(cli.Globals.Json);

    public T? Value<T>(Option<T> option) => parse.GetValue(option);

    public T Required<T>(Argument<T> argument) => parse.GetRequiredValue(argument);

    public T? Value<T>(Argument<T> argument) => parse.GetValue(argument);

    /// <summary>The server elsewhere that was asked for; null: the workspace's own.</summary>
    public Uri? RemoteAddress()
    {
        string? text = Value(cli.Globals.Url) ?? Environment.Variable("PENSTOCK_URL");
        if (text is null)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw new UsageException($"'{text}' is no address; give one such as http://127.0.0.1:8080.");
    }

    public string? RemoteToken() => Value(cli.Globals.Token) ?? Environment.Variable("PENSTOCK_TOKEN");

    /// <exception cref="WorkspaceNotFoundException"/>
    public Workspace Workspace() =>
        (Value(cli.Globals.Workspace) ?? Environment.Variable("PENSTOCK_WORKSPACE")) is { } folder
            ? Server.Workspaces.Workspace.Open(FullPath(folder))
            : Server.Workspaces.Workspace.Find(Environment.WorkingFolder);

    /// <summary>The workspace's settings, with those of the command line on top.</summary>
    public EffectiveConfiguration Configuration(Workspace workspace, params IReadOnlyList<ConfigArgument> arguments)
    {
        EffectiveConfiguration configuration = EffectiveConfiguration.Load(workspace, Environment.Variables, arguments);
        foreach (string warning in configuration.Warnings)
            Terminal.Warn(warning);
        return configuration;
    }

    public string FullPath(string path) => Path.GetFullPath(path, Environment.WorkingFolder);

    /// <summary>The running server, or one inside this process for the length of the command.</summary>
    public Task<ServerConnection> ConnectAsync(CancellationToken cancellationToken, Workers workers = Workers.None) =>
        new ServerConnector(this).ConnectAsync(workers, cancellationToken);

    /// <summary>The running server or nothing.</summary>
    public ServerConnection? ConnectRunning() => new ServerConnector(this).ConnectRunning();
}

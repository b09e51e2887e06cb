using Penstock.Cli.Connection;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary>What a person needs to know of a server that just started.</summary>
internal static class ServerBanner
{
    public static void Print(CommandRun run, Workspace workspace, Server.HostOptions options, IReadOnlyList<string> urls)
    {
        if (run.Json)
        {
            run.Terminal.WriteJsonLine(new { workspace = workspace.Root, urls, pid = Environment.ProcessId });
            return;
        }
        WorkerSettings worker = options.Configuration.Settings.Worker;
        string address = ServerConnector.ReachableAddress(urls).ToString().TrimEnd('/');
        run.Terminal.Line();
        run.Terminal.Line($"[bold]Penstock {VersionCommand.Version}[/] is up");
        Line(run, "workspace", Markup.Escape(workspace.Root));
        if (options.Console)
            Line(run, "console", $"[link]{address}/ui[/]");
        Line(run, "api", $"{string.Join(", ", urls.Select(url => Markup.Escape(url)))}   [dim]reference: {address}/docs[/]");
        Line(run, "jobs", options.RunWorkers
            ? $"{worker.Slots} at once from {(worker.Queues.Count == 0 ? "every queue" : Markup.Escape(string.Join(", ", worker.Queues)))}"
            : "[yellow]none are run[/] (--no-workers)");
        Line(run, "sign in", SignIn(workspace));
        Line(run, "stop", "Ctrl-C lets running jobs finish; twice ends at once");
        run.Terminal.Line();
        if (urls.Any(ListensElsewhere) && !urls.All(url => url.StartsWith("https://", StringComparison.Ordinal)))
            run.Terminal.Warn("others can reach this address and it is not encrypted; put a TLS proxy in front of it.");
    }

    private static string SignIn(Workspace workspace)
    {
        // Shown here and not logged: it is valid until the admin chooses another one.
        string? password = File.Exists(workspace.FirstPasswordFile) ? File.ReadAllText(workspace.FirstPasswordFile).Trim() : null;
        return password is null
            ? "with your user   [dim]more: penstock users add NAME; forgotten: penstock users passwd NAME[/]"
            : $"user [bold]admin[/], password [bold]{Markup.Escape(password)}[/]   [dim]asked to choose another[/]";
    }

    private static bool ListensElsewhere(string url) =>
        !(url.Contains("://127.", StringComparison.Ordinal) || url.Contains("://localhost", StringComparison.Ordinal) || url.Contains("://[::1]", StringComparison.Ordinal));

    private static void Line(CommandRun run, string label, string markup) => run.Terminal.Line($"  [dim]{label,-11}[/]{markup}");
}

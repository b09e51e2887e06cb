using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Watching;
using Penstock.Client.Events;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock events</c></summary>
internal static class EventsCommand
{
    private static readonly string[] Levels = ["info", "warning", "error"];

    public static Command Create(CliContext cli)
    {
        Option<string?> level = new("--level") { Description = "Of this level or worse: info, warning or error. Default: info.", HelpName = "LEVEL" };
        level.AcceptOnlyFromAmong(Levels);
        Option<string?> name = new("--event") { Description = "Of a name, or with a star of names that begin so: job.failed, 'job.*'.", HelpName = "NAME" };
        Option<int> limit = new("--limit") { Description = "How many of the newest, 1 to 500. Default: 50.", HelpName = "N", DefaultValueFactory = _ => 50 };
        Option<bool> follow = new("--follow", "-f") { Description = "Go on as new ones come, until interrupted. With --json: one event a line." };
        return new CliCommand("events", "Show the newest events of all jobs, oldest first.",
                "penstock events --level warning", "penstock events --event 'job.*' --follow")
            .With(level, name, limit, follow)
            .Does(cli, async (run, cancellationToken) =>
            {
                bool goOn = run.Value(follow);
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken, goOn ? Workers.Run : Workers.None);
                EventQuery query = new() { Level = run.Value(level), Event = run.Value(name), Limit = run.Value(limit) };
                List<EventView> events = [.. (await connection.Client.RecentEventsAsync(query, cancellationToken)).Reverse()];
                if (!goOn)
                {
                    run.Terminal.Result(events, () =>
                    {
                        events.ForEach(entry => run.Terminal.Line(Line(entry)));
                        if (events.Count == 0)
                            run.Terminal.Line("No such events.");
                    });
                    return ExitCodes.Ok;
                }
                events.ForEach(entry => Tell(run, entry));
                // From now on if there was none: the whole history is not what "the newest" means.
                await foreach (EventView entry in connection.Client.EventsAsync(null, events.Count > 0 ? events[^1].Id : null, cancellationToken))
                {
                    if (Fits(entry, query))
                        Tell(run, entry);
                }
                return ExitCodes.Ok;
            });
    }

    /// <summary>The stream carries all events; this is the listing's filter once more.</summary>
    private static bool Fits(EventView entry, EventQuery query) =>
        Array.IndexOf(Levels, entry.Level) >= Array.IndexOf(Levels, query.Level ?? "info")
        && (query.Event is not { } name || (name.EndsWith('*')
            ? entry.Event.StartsWith(name[..^1], StringComparison.Ordinal)
            : entry.Event == name));

    private static void Tell(CommandRun run, EventView entry)
    {
        if (run.Json)
            run.Terminal.WriteJsonLine(entry);
        else
            run.Terminal.Line(Line(entry));
    }

    private static string Line(EventView entry) =>
        $"[dim]{JobIds.Short(entry.JobId)}[/]  {EventLine.Markup(entry)}" + (entry.Operation is null ? "" : $"  [dim]{Spectre.Console.Markup.Escape(entry.Operation)}[/]");
}

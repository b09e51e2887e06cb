using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.Jobs;
using Penstock.Client.Schedules;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock schedules</c></summary>
internal static class SchedulesCommands
{
    private const int RunsShown = 10;

    public static Command Create(CliContext cli) =>
        new CliCommand("schedules", "Jobs by the clock: make, pause, run and look at schedules.",
                "penstock schedules list",
                "penstock schedules set nightly ping --cron '0 2 * * *' --time-zone Europe/Berlin",
                "penstock schedules preview '30 2 * * mon-fri' --time-zone America/New_York")
            .With(List(cli), Show(cli), Set(cli), Remove(cli), Pause(cli), Resume(cli), Run(cli), Preview(cli));

    private static CliCommand List(CliContext cli) =>
        new CliCommand("list", "List all schedules with their next and last runs.", "penstock schedules list", "penstock schedules list --json")
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                IReadOnlyList<ScheduleView> schedules = await connection.Client.SchedulesAsync(cancellationToken);
                DateTimeOffset now = run.Time.GetUtcNow();
                run.Terminal.Result(schedules, () => run.Terminal.Print(
                    schedules, "No schedules. Make one: penstock schedules set nightly ping --cron '0 2 * * *'",
                    new Column<ScheduleView>("SCHEDULE", s => s.Name) { Style = _ => "bold", ShrinksTo = 12 },
                    new Column<ScheduleView>("CRON", s => s.Cron) { ShrinksTo = 9 },
                    new Column<ScheduleView>("ZONE", s => s.TimeZone) { DropOrder = 4 },
                    new Column<ScheduleView>("OPERATION", s => s.Operation) { ShrinksTo = 12, DropOrder = 3 },
                    new Column<ScheduleView>("NEXT", s => StateOf(s) ?? Words.Age(s.NextAt, now))
                    {
                        RightAligned = true,
                        Style = s => s.ErrorMessage is not null ? "red" : s.PausedAt is not null ? "yellow" : null,
                    },
                    new Column<ScheduleView>("LAST", s => Words.Age(s.LastSlotAt, now)) { RightAligned = true, DropOrder = 2 },
                    new Column<ScheduleView>("STATUS", s => s.LastJobStatus ?? "") { Style = s => Words.StatusStyle(s.LastJobStatus ?? "") },
                    new Column<ScheduleView>("ORIGIN", s => s.Origin) { DropOrder = 1 }));
                return ExitCodes.Ok;
            });

    private static CliCommand Show(CliContext cli)
    {
        Argument<string> name = NameArgument();
        return new CliCommand("show", "Show a schedule, its next slots and its last runs.", "penstock schedules show nightly")
            .With(name)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                ScheduleView schedule = await connection.Client.ScheduleAsync(run.Required(name), cancellationToken);
                IReadOnlyList<ScheduleRunView> runs = await connection.Client.ScheduleRunsAsync(schedule.Name, null, RunsShown, cancellationToken);
                run.Terminal.Result(new { Schedule = schedule, Runs = runs }, () =>
                {
                    Print(run, schedule);
                    run.Terminal.Line("");
                    PrintRuns(run, runs);
                });
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Set(CliContext cli)
    {
        Argument<string> name = new("SCHEDULE") { Description = "Its name: a-z, 0-9, '.', '_' and '-'." };
        Argument<string> operation = new("OPERATION") { Description = "Name of the operation; 'penstock operations list' shows them." };
        Argument<string[]> payload = new("PAYLOAD")
        {
            Description = "A JSON object, @FILE, - for stdin, or name=value pairs (a value that is JSON is taken as JSON).",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string> cron = new("--cron") { Description = "minute hour day month weekday, @daily, @every 15m ...", HelpName = "EXPRESSION", Required = true };
        Option<string?> zone = ZoneOption();
        Option<string?> misfire = new("--misfire") { Description = "For slots missed while nothing ran: fire_once, skip or catch_up. Default: fire_once.", HelpName = "POLICY" };
        misfire.AcceptOnlyFromAmong("fire_once", "skip", "catch_up");
        Option<int?> catchUp = new("--catch-up-max") { Description = "With catch_up: how many missed slots run at most. Default: 10.", HelpName = "N" };
        Option<double> jitter = new("--jitter") { Description = "Each job starts up to this much later.", HelpName = "SECONDS" };
        Option<string?> queue = new("--queue") { Description = "Another queue than the operation's own.", HelpName = "NAME" };
        Option<int> priority = new("--priority") { Description = "-1000 to 1000; higher runs first.", HelpName = "N" };
        return new CliCommand("set", "Make a schedule, or change it to what this says.",
                "penstock schedules set nightly ping --cron '0 2 * * *' --time-zone Europe/Berlin",
                "penstock schedules set refresh insert_proteins search_criteria=organism_id:9606 --cron @weekly --misfire catch_up --jitter 300",
                "penstock schedules set pulse ping --cron '@every 15m'")
            .With(name, operation, payload, cron, zone, misfire, catchUp, jitter, queue, priority)
            .Does(cli, async (run, cancellationToken) =>
            {
                ScheduleRequest request = new(run.Required(operation), run.Value(cron) ?? "")
                {
                    Payload = await EnqueueCommand.ReadPayloadAsync(run, run.Value(payload) ?? [], cancellationToken),
                    TimeZone = run.Value(zone),
                    Misfire = run.Value(misfire),
                    CatchUpMax = run.Value(catchUp),
                    JitterSeconds = run.Value(jitter),
                    QueueName = run.Value(queue),
                    Priority = run.Value(priority),
                };
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                ScheduleView schedule = await connection.Client.SetScheduleAsync(run.Required(name), request, cancellationToken);
                run.Terminal.Result(schedule, () => Tell(run, schedule, "set"));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Remove(CliContext cli)
    {
        Argument<string> name = NameArgument();
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };
        return new CliCommand("remove", "Remove a schedule; the jobs it made stay.", "penstock schedules remove nightly --yes")
            .With(name, yes)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                if (!run.Terminal.Confirm($"Remove schedule {run.Required(name)}?", run.Value(yes)))
                    return ExitCodes.Refused;
                RemovedSchedule removed = await connection.Client.RemoveScheduleAsync(run.Required(name), cancellationToken);
                run.Terminal.Result(removed, () => run.Terminal.Line($"[green]✓[/] removed {removed.Removed}"));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Pause(CliContext cli)
    {
        Argument<string> name = NameArgument();
        return new CliCommand("pause", "Stop a schedule from making jobs until it is resumed.", "penstock schedules pause nightly")
            .With(name)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                ScheduleView schedule = await connection.Client.PauseScheduleAsync(run.Required(name), cancellationToken);
                run.Terminal.Result(schedule, () => Tell(run, schedule, "paused"));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Resume(CliContext cli)
    {
        Argument<string> name = NameArgument();
        return new CliCommand("resume", "Let a schedule go on; slots that passed during the pause do not run.", "penstock schedules resume nightly")
            .With(name)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                ScheduleView schedule = await connection.Client.ResumeScheduleAsync(run.Required(name), cancellationToken);
                run.Terminal.Result(schedule, () => Tell(run, schedule, "resumed"));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Run(CliContext cli)
    {
        Argument<string> name = NameArgument();
        Option<bool> watch = new("--watch", "-w") { Description = "Follow the job to its end; the exit code is that of the job." };
        return new CliCommand("run", "Make one job of a schedule now, paused or not.", "penstock schedules run nightly --watch")
            .With(name, watch)
            .Does(cli, async (run, cancellationToken) =>
            {
                bool goOn = run.Value(watch);
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken, goOn ? Workers.Run : Workers.None);
                QueuedJob queued = await connection.Client.RunScheduleAsync(run.Required(name), cancellationToken);
                return await EnqueueCommand.EnqueuedAsync(run, connection, queued, run.Required(name), goOn, cancellationToken);
            });
    }

    private static CliCommand Preview(CliContext cli)
    {
        Argument<string> cron = new("EXPRESSION") { Description = "minute hour day month weekday, @daily, @every 15m ..." };
        Option<string?> zone = ZoneOption();
        Option<int> count = new("--count", "-n") { Description = "How many, 1 to 100. Default: 5.", HelpName = "N", DefaultValueFactory = _ => 5 };
        return new CliCommand("preview", "Show the next times of an expression, by the clock of its zone and in UTC.",
                "penstock schedules preview '30 2 * * *' --time-zone Europe/Berlin --count 10")
            .With(cron, zone, count)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                SchedulePreview preview = await connection.Client.PreviewScheduleAsync(
                    run.Required(cron), run.Value(zone), run.Value(count), cancellationToken);
                run.Terminal.Result(preview, () => run.Terminal.Print(
                    preview.Slots, "Never.",
                    new Column<ScheduleSlot>(preview.TimeZone, slot => slot.Local.Replace('T', ' ')) { Style = _ => "bold" },
                    new Column<ScheduleSlot>("UTC", slot => Words.Instant(slot.At)),
                    new Column<ScheduleSlot>("", slot => Words.Age(slot.At, run.Time.GetUtcNow())) { RightAligned = true, DropOrder = 1 }));
                return ExitCodes.Ok;
            });
    }

    private static Argument<string> NameArgument() => new("SCHEDULE") { Description = "Its name; 'penstock schedules list' shows them." };

    private static Option<string?> ZoneOption() =>
        new("--time-zone") { Description = "Whose wall clock the expression means, such as Europe/Berlin. Default: UTC.", HelpName = "NAME" };

    private static string? StateOf(ScheduleView schedule) =>
        schedule.PausedAt is not null ? "paused" : schedule.ErrorMessage is not null ? "stuck" : null;

    private static void Tell(CommandRun run, ScheduleView schedule, string what)
    {
        string next = schedule.NextAt is { } at ? $"; next {Words.Instant(at, run.Time.GetUtcNow())}" : "";
        run.Terminal.Line($"[green]✓[/] {what} [bold]{Spectre.Console.Markup.Escape(schedule.Name)}[/]{Spectre.Console.Markup.Escape(next)}");
    }

    private static void Print(CommandRun run, ScheduleView schedule)
    {
        DateTimeOffset now = run.Time.GetUtcNow();
        run.Terminal.PrintFields(
            ("schedule", schedule.Name, "bold"),
            ("state", schedule.PausedAt is { } paused ? $"paused by {schedule.PausedBy} {Words.Of(now - paused)} ago" : "on", schedule.PausedAt is null ? "green" : "yellow"),
            ("problem", schedule.ErrorMessage, "red"),
            ("when", $"{schedule.Cron}  ({schedule.TimeZone})", null),
            ("next", schedule.NextAt is null ? null : $"{schedule.NextLocal?.Replace('T', ' ')}  =  {Words.Instant(schedule.NextAt, now)}", null),
            ("last slot", Words.Instant(schedule.LastSlotAt, now), null),
            ("operation", schedule.Operation, null),
            ("queue", schedule.QueueName ?? "the operation's own", null),
            ("missed slots", schedule.Misfire + (schedule.Misfire == "catch_up" ? $", {schedule.CatchUpMax} at most" : ""), null),
            ("jitter", schedule.JitterSeconds > 0 ? $"up to {schedule.JitterSeconds} s" : null, null),
            ("origin", schedule.Origin, null),
            ("payload", Words.Json(schedule.Payload), null));
    }

    private static void PrintRuns(CommandRun run, IReadOnlyList<ScheduleRunView> runs)
    {
        DateTimeOffset now = run.Time.GetUtcNow();
        run.Terminal.Print(runs, "No runs yet.",
            new Column<ScheduleRunView>("SLOT", r => Words.Instant(r.SlotAt)) { Style = _ => "bold" },
            new Column<ScheduleRunView>("STATUS", r => r.Status) { Style = r => Words.StatusStyle(r.Status) },
            new Column<ScheduleRunView>("JOB", r => JobIds.Short(r.JobId)),
            new Column<ScheduleRunView>("TOOK", r => r.StartedAt is { } started ? Words.Of((r.FinishedAt ?? now) - started) : "") { RightAligned = true },
            new Column<ScheduleRunView>("BY", r => r.ByHand ? "hand" : "clock") { DropOrder = 1 },
            new Column<ScheduleRunView>("ERROR", r => r.ErrorCode ?? "") { Style = _ => "red", ShrinksTo = 10, DropOrder = 2 });
    }
}

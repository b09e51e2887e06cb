using System.CommandLine;
using System.Text.Json;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.Signals;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock signals</c></summary>
internal static class SignalsCommands
{
    public static Command Create(CliContext cli) =>
        new CliCommand("signals", "Send signals that jobs wait for, and look at those sent.",
                "penstock signals send release-2026-03", "penstock signals send approved --job last --payload '{\"by\":\"ada\"}'")
            .With(Send(cli), List(cli), Show(cli));

    private static CliCommand Send(CliContext cli)
    {
        Argument<string> name = new("NAME") { Description = "Name of the signal; with --job, of that job's own signal." };
        Option<string?> job = new("--job") { Description = "Send it to this job alone: id, the end of it, or 'last'.", HelpName = "JOB" };
        Option<string?> payload = new("--payload") { Description = "Any JSON value. Default: null.", HelpName = "JSON" };
        return new CliCommand("send", "Send a signal. The first one of a name stands; later ones change nothing.",
                "penstock signals send release-2026-03 --payload 42", "penstock signals send approved --job last")
            .With(name, job, payload)
            .Does(cli, async (run, cancellationToken) =>
            {
                JsonElement? value = Parse(run.Value(payload));
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                SentSignal sent = run.Value(job) is { } owner
                    ? await connection.Client.SendOwnSignalAsync(
                        await JobIds.ResolveAsync(connection.Client, owner, cancellationToken), run.Required(name), value, cancellationToken)
                    : await connection.Client.SendSignalAsync(new SignalRequest(run.Required(name)) { Payload = value }, cancellationToken);
                run.Terminal.Result(sent, () => run.Terminal.Line(sent.First
                    ? $"[green]✓[/] sent {Markup.Escape(sent.Name)}"
                    : $"[yellow]-[/] {Markup.Escape(sent.Name)} was sent before; that one stands"));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand List(CliContext cli)
    {
        Option<string?> prefix = new("--prefix") { Description = "Only names that begin so.", HelpName = "TEXT" };
        Option<int> limit = new("--limit") { Description = "How many, 1 to 500. Default: 50.", HelpName = "N", DefaultValueFactory = _ => 50 };
        return new CliCommand("list", "List signals, newest first.", "penstock signals list", "penstock signals list --prefix release- --json")
            .With(prefix, limit)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                SignalQuery query = new() { Prefix = run.Value(prefix), Limit = run.Value(limit) };
                IReadOnlyList<SignalView> signals = await connection.Client.SignalsAsync(query, cancellationToken);
                DateTimeOffset now = run.Time.GetUtcNow();
                run.Terminal.Result(signals, () => run.Terminal.Print(signals, "No signals. Send one with 'penstock signals send NAME'.",
                    new Column<SignalView>("SIGNAL", signal => signal.Name) { Style = _ => "bold", ShrinksTo = 20 },
                    new Column<SignalView>("AGE", signal => Words.Age(signal.SentAt, now)) { RightAligned = true },
                    new Column<SignalView>("BY", signal => signal.SentBy ?? "") { DropOrder = 1 },
                    new Column<SignalView>("WAITING", signal => Words.Count(signal.Waiting)) { RightAligned = true, DropOrder = 2 },
                    new Column<SignalView>("PAYLOAD", signal => Words.Json(signal.Payload, indented: false)) { ShrinksTo = 16 }));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Show(CliContext cli)
    {
        Argument<string> name = new("NAME") { Description = "Whole name of the signal." };
        return new CliCommand("show", "Show one signal with its payload.", "penstock signals show release-2026-03")
            .With(name)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                SignalView signal = await connection.Client.SignalAsync(run.Required(name), cancellationToken);
                run.Terminal.Result(signal, () => run.Terminal.PrintFields(
                    ("signal", signal.Name, "bold"),
                    ("sent", Words.Instant(signal.SentAt, run.Time.GetUtcNow()), null),
                    ("by", signal.SentBy, null),
                    ("payload", Words.Json(signal.Payload), null)));
                return ExitCodes.Ok;
            });
    }

    private static JsonElement? Parse(string? text)
    {
        if (text is null)
            return null;
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException error)
        {
            throw new UsageException($"--payload is not JSON: {error.Message} A text needs quotes of its own: '\"{text}\"'.");
        }
    }
}

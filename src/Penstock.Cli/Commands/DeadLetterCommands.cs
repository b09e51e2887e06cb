using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.DeadLetters;
using Penstock.Client.Jobs;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock dlq</c></summary>
internal static class DeadLetterCommands
{
    private const int PageSize = 500;

    public static Command Create(CliContext cli) =>
        new CliCommand("dlq", "Look at dead letters - jobs and items out of attempts - and send them again.",
                "penstock dlq list", "penstock dlq redrive --all --queue protea.jobs")
            .With(List(cli), Show(cli), Redrive(cli));

    private static CliCommand List(CliContext cli)
    {
        Option<string?> status = new("--status") { Description = "pending, redriven or all. Default: pending.", DefaultValueFactory = _ => "pending" };
        status.AcceptOnlyFromAmong("pending", "redriven", "all");
        Option<string?> queue = QueueOption();
        Option<string?> error = ErrorOption();
        Option<int> limit = new("--limit") { Description = "How many, 1 to 500. Default: 50.", HelpName = "N", DefaultValueFactory = _ => 50 };
        return new CliCommand("list", "List dead letters, newest first.", "penstock dlq list", "penstock dlq list --error-code JobTimeout --json")
            .With(status, queue, error, limit)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                string? wanted = run.Value(status);
                IReadOnlyList<DeadLetterView> letters = await connection.Client.DeadLettersAsync(
                    new DeadLetterQuery { Status = wanted == "all" ? null : wanted, QueueName = run.Value(queue), ErrorCode = run.Value(error), Limit = run.Value(limit) },
                    cancellationToken);
                DateTimeOffset now = run.Time.GetUtcNow();
                bool whole = run.Terminal.Width >= 140;
                run.Terminal.Result(letters, () => run.Terminal.Print(letters, "No dead letters.",
                    new Column<DeadLetterView>("LETTER", letter => whole ? letter.Id.ToString() : JobIds.Short(letter.Id)) { Style = _ => "bold" },
                    new Column<DeadLetterView>("OPERATION", letter => letter.Operation) { ShrinksTo = 16 },
                    new Column<DeadLetterView>("STATUS", letter => letter.Status) { Style = letter => letter.Status == "pending" ? "yellow" : "green", DropOrder = 2 },
                    new Column<DeadLetterView>("AGE", letter => Words.Age(letter.CreatedAt, now)) { RightAligned = true },
                    new Column<DeadLetterView>("JOB", letter => JobIds.Short(letter.JobId) + (letter.ItemIndex is { } item ? $" item {item}" : "")),
                    new Column<DeadLetterView>("QUEUE", letter => letter.QueueName) { ShrinksTo = 10, DropOrder = 3 },
                    new Column<DeadLetterView>("ERROR", letter => $"{letter.ErrorCode}: {letter.ErrorMessage}") { ShrinksTo = 20, Style = _ => "red" }));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Show(CliContext cli)
    {
        Argument<string> letter = LetterArgument();
        return new CliCommand("show", "Show a dead letter with its payload and error.", "penstock dlq show 1f0a9c3e")
            .With(letter)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                Guid id = await ResolveAsync(connection, run.Required(letter), cancellationToken);
                DeadLetterView found = await connection.Client.DeadLetterAsync(id, cancellationToken);
                DateTimeOffset now = run.Time.GetUtcNow();
                run.Terminal.Result(found, () => run.Terminal.PrintFields(
                    ("letter", found.Id.ToString(), "bold"),
                    ("status", found.SettledBy is null ? found.Status : $"{found.Status} by {found.SettledBy}", found.Status == "pending" ? "yellow" : "green"),
                    ("operation", found.Operation, null),
                    ("queue", found.QueueName, null),
                    ("job", found.JobId.ToString(), null),
                    ("item", found.ItemIndex is { } item ? $"{item}, stage {found.Stage + 1}" : null, null),
                    ("attempts", $"{found.Attempts}", null),
                    ("created", Words.Instant(found.CreatedAt, now), null),
                    ("settled", Words.Instant(found.SettledAt, now), null),
                    ("error", $"{found.ErrorCode}: {found.ErrorMessage}", "red"),
                    ("payload", Words.Json(found.Payload), null)));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Redrive(CliContext cli)
    {
        Argument<string[]> letters = new("LETTER") { Description = "Ids or ends of ids.", Arity = ArgumentArity.ZeroOrMore };
        Option<bool> all = new("--all") { Description = "All pending ones, of --queue and --error-code if given." };
        Option<string?> queue = QueueOption();
        Option<string?> error = ErrorOption();
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask before --all." };
        return new CliCommand("redrive", "Send dead letters back to their queue with a fresh set of attempts.",
                "penstock dlq redrive 1f0a9c3e", "penstock dlq redrive --all --error-code UNAVAILABLE --yes")
            .With(letters, all, queue, error, yes)
            .Does(cli, async (run, cancellationToken) =>
            {
                string[] names = run.Value(letters) ?? [];
                if (names.Length > 0 == run.Value(all))
                    throw new UsageException("Name the dead letters to send again, or give --all.");
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                List<Guid> ids = [];
                foreach (string name in names)
                    ids.Add(await ResolveAsync(connection, name, cancellationToken));
                if (run.Value(all))
                    ids = await PendingAsync(connection, run.Value(queue), run.Value(error), cancellationToken);
                if (run.Value(all) && ids.Count > 0 && !run.Terminal.Confirm($"Send {Words.Plural(ids.Count, "dead letter")} again?", run.Value(yes)))
                    return ExitCodes.Refused;

                List<RedriveReply> replies = [];
                foreach (Guid id in ids)
                    replies.Add(await connection.Client.RedriveDeadLetterAsync(id, cancellationToken));
                run.Terminal.Result(replies, () => run.Terminal.Line(
                    replies.Count == 0 ? "No dead letter is pending." : $"[green]✓[/] sent {Words.Plural(replies.Count, "dead letter")} again"));
                return ExitCodes.Ok;
            });
    }

    private static Argument<string> LetterArgument() => new("LETTER") { Description = "Id of the dead letter, or the end of it as the list shows." };

    private static Option<string?> QueueOption() => new("--queue") { Description = "Only those of a queue.", HelpName = "NAME" };

    private static Option<string?> ErrorOption() => new("--error-code") { Description = "Only those with an error code.", HelpName = "CODE" };

    private static async Task<Guid> ResolveAsync(ServerConnection connection, string name, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(name, out Guid id))
            return id;
        string end = name.TrimStart('…').ToLowerInvariant();
        IReadOnlyList<DeadLetterView> recent = await connection.Client.DeadLettersAsync(new DeadLetterQuery { Limit = PageSize }, cancellationToken);
        List<Guid> matches = [.. recent.Select(letter => letter.Id).Where(candidate => end.Length >= 4 && candidate.ToString().EndsWith(end, StringComparison.Ordinal))];
        return matches.Count == 1
            ? matches[0]
            : throw new UsageException($"{(matches.Count == 0 ? "No" : $"{matches.Count}")} recent dead letters have an id that ends in '{name}'. Give the whole id.");
    }

    /// <summary>All ids first: redriving changes what the pages hold.</summary>
    private static async Task<List<Guid>> PendingAsync(
        ServerConnection connection, string? queue, string? error, CancellationToken cancellationToken)
    {
        List<Guid> ids = [];
        while (true)
        {
            DeadLetterQuery query = new() { Status = "pending", QueueName = queue, ErrorCode = error, Limit = PageSize, Offset = ids.Count };
            IReadOnlyList<DeadLetterView> page = await connection.Client.DeadLettersAsync(query, cancellationToken);
            ids.AddRange(page.Select(letter => letter.Id));
            if (page.Count < PageSize)
                return ids;
        }
    }
}

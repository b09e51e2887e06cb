using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.DeadLetters;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock dlq</c></summary>
internal static class DeadLetterCommands
{
    private const int PageSize = 500;

    public static Command Create(CliContext cli) =>
        new CliCommand("dlq", "Look at dead letters - jobs and items out of attempts - and decide about them.",
                "penstock dlq list", "penstock dlq review 1f0a9c3e --urgency high", "penstock dlq redrive --all --queue protea.jobs --watch")
            .With(
                List(cli), Show(cli), DeadLetterReviewCommands.Review(cli), DeadLetterReviewCommands.Edit(cli),
                DeadLetterReviewCommands.Redrive(cli), DeadLetterReviewCommands.Archive(cli), DeadLetterReviewCommands.Reopen(cli));

    private static CliCommand List(CliContext cli)
    {
        Option<string?> status = new("--status") { Description = "open (pending and in_review), pending, in_review, redriven, archived or all. Default: open.", DefaultValueFactory = _ => "open" };
        status.AcceptOnlyFromAmong("open", "pending", "in_review", "redriven", "archived", "all");
        Option<string?> queue = QueueOption();
        Option<string?> error = ErrorOption();
        Option<string?> operation = OperationOption();
        Option<string?> assignee = new("--assignee") { Description = "Only those someone looks at.", HelpName = "NAME" };
        Option<bool> quarantined = new("--quarantined") { Description = "Only those that killed their workers." };
        Option<int> limit = new("--limit") { Description = "How many, 1 to 500. Default: 50.", HelpName = "N", DefaultValueFactory = _ => 50 };
        return new CliCommand("list", "List dead letters, newest first.", "penstock dlq list", "penstock dlq list --error-code JobTimeout --json")
            .With(status, queue, operation, error, assignee, quarantined, limit)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                string? wanted = run.Value(status);
                IReadOnlyList<DeadLetterView> letters = await connection.Client.DeadLettersAsync(
                    new DeadLetterQuery
                    {
                        Status = wanted == "all" ? null : wanted, QueueName = run.Value(queue), Operation = run.Value(operation),
                        ErrorCode = run.Value(error), Assignee = run.Value(assignee), Quarantined = run.Value(quarantined) ? true : null,
                        Limit = run.Value(limit),
                    },
                    cancellationToken);
                DateTimeOffset now = run.Time.GetUtcNow();
                bool whole = run.Terminal.Width >= 140;
                run.Terminal.Result(letters, () => run.Terminal.Print(letters, "No dead letters.",
                    new Column<DeadLetterView>("LETTER", letter => whole ? letter.Id.ToString() : JobIds.Short(letter.Id)) { Style = _ => "bold" },
                    new Column<DeadLetterView>("OPERATION", letter => letter.Operation) { ShrinksTo = 16 },
                    new Column<DeadLetterView>("STATUS", letter => letter.Status) { Style = StyleOf, DropOrder = 2 },
                    new Column<DeadLetterView>("URGENCY", letter => letter.Urgency == "normal" ? "" : letter.Urgency) { DropOrder = 4 },
                    new Column<DeadLetterView>("ASSIGNEE", letter => letter.Assignee ?? "") { DropOrder = 5 },
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
                run.Terminal.Result(found, () => DeadLetterSheet.Print(run.Terminal, found, now));
                return ExitCodes.Ok;
            });
    }

    /// <summary>How a status looks: open ones stand out.</summary>
    internal static string StyleOf(DeadLetterView letter) => letter.Status is "pending" or "in_review" ? "yellow" : "green";

    internal static Argument<string> LetterArgument() => new("LETTER") { Description = "Id of the dead letter, or the end of it as the list shows." };

    internal static Option<string?> QueueOption() => new("--queue") { Description = "Only those of a queue.", HelpName = "NAME" };

    internal static Option<string?> OperationOption() => new("--operation") { Description = "Only those of an operation.", HelpName = "NAME" };

    internal static Option<string?> ErrorOption() => new("--error-code") { Description = "Only those with an error code.", HelpName = "CODE" };

    internal static async Task<Guid> ResolveAsync(ServerConnection connection, string name, CancellationToken cancellationToken)
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
}

using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Client.DeadLetters;
using Penstock.Client.Jobs;

namespace Penstock.Cli.Commands;

/// <summary>What people decide about dead letters: <c>review</c>, <c>edit</c>, <c>redrive</c>, <c>archive</c>, <c>reopen</c>.</summary>
internal static class DeadLetterReviewCommands
{
    public static CliCommand Review(CliContext cli)
    {
        Argument<string> letter = DeadLetterCommands.LetterArgument();
        Option<string?> assignee = new("--assignee") { Description = "Who looks at it. Default: you, if nobody does.", HelpName = "NAME" };
        Option<string?> urgency = new("--urgency") { Description = "low, normal, high or critical.", HelpName = "URGENCY" };
        urgency.AcceptOnlyFromAmong("low", "normal", "high", "critical");
        Option<string?> note = NoteOption();
        return new CliCommand("review", "Take a dead letter into review, or note something about it.",
                "penstock dlq review 1f0a9c3e --urgency high --note \"asked the data team\"")
            .With(letter, assignee, urgency, note)
            .Does(cli, (run, cancellationToken) => ChangeAsync(
                run, run.Required(letter),
                (connection, id) => connection.Client.ReviewDeadLetterAsync(
                    id, new DeadLetterReviewRequest { Assignee = run.Value(assignee), Urgency = run.Value(urgency), Note = run.Value(note) },
                    cancellationToken),
                found => $"{found.Id} is in review by {found.Assignee}", cancellationToken));
    }

    public static CliCommand Edit(CliContext cli)
    {
        Argument<string> letter = DeadLetterCommands.LetterArgument();
        Argument<string[]> payload = new("PAYLOAD")
        {
            Description = "name=value pairs to change, or the whole payload as a JSON object, @FILE or - for stdin.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string?> note = NoteOption();
        return new CliCommand("edit", "Change the payload that a redrive will send; the history keeps the old one.",
                "penstock dlq edit 1f0a9c3e obo_url=https://example.org/go.obo", "penstock dlq edit 1f0a9c3e @payload.json --note \"wrong file\"")
            .With(letter, payload, note)
            .Does(cli, (run, cancellationToken) => ChangeAsync(
                run, run.Required(letter),
                async (connection, id) =>
                {
                    JsonElement edited = await EditedAsync(run, connection, id, run.Required(payload), cancellationToken);
                    DeadLetterEditRequest request = new() { Payload = edited, Note = run.Value(note) };
                    return await connection.Client.EditDeadLetterAsync(id, request, cancellationToken);
                },
                found => $"{found.Id} will be sent with {Words.Json(found.Payload)}", cancellationToken));
    }

    public static CliCommand Archive(CliContext cli)
    {
        Argument<string[]> letters = LettersArgument();
        DeadLetterSelectionOptions selection = new();
        Option<string?> note = NoteOption();
        return new CliCommand("archive", "Decide that dead letters are not sent again.",
                "penstock dlq archive 1f0a9c3e --note \"superseded\"", "penstock dlq archive --all --older-than 2592000 --yes")
            .With([letters, .. selection.All, note])
            .Does(cli, (run, cancellationToken) => SettleAsync(
                run, run.Value(letters) ?? [], selection.Read(run, run.Value(note)), selection, "Archive", "archived",
                (connection, id) => connection.Client.ArchiveDeadLetterAsync(id, run.Value(note), cancellationToken),
                (connection, all) => connection.Client.ArchiveDeadLettersAsync(all, cancellationToken), cancellationToken));
    }

    public static CliCommand Reopen(CliContext cli)
    {
        Argument<string> letter = DeadLetterCommands.LetterArgument();
        Option<string?> note = NoteOption();
        return new CliCommand("reopen", "Take an archived dead letter back to the pending ones.", "penstock dlq reopen 1f0a9c3e")
            .With(letter, note)
            .Does(cli, (run, cancellationToken) => ChangeAsync(
                run, run.Required(letter),
                (connection, id) => connection.Client.ReopenDeadLetterAsync(id, run.Value(note), cancellationToken),
                found => $"{found.Id} is pending again", cancellationToken));
    }

    public static CliCommand Redrive(CliContext cli)
    {
        Argument<string[]> letters = LettersArgument();
        DeadLetterSelectionOptions selection = new();
        return new CliCommand("redrive", "Send dead letters back to their queue with a fresh set of attempts; many of them as a job of the server.",
                "penstock dlq redrive 1f0a9c3e", "penstock dlq redrive --all --error-code UNAVAILABLE --yes --watch")
            .With([letters, .. selection.All])
            .Does(cli, (run, cancellationToken) => SettleAsync(
                run, run.Value(letters) ?? [], selection.Read(run, null), selection, "Send", "sent",
                (connection, id) => connection.Client.RedriveDeadLetterAsync(id, cancellationToken),
                (connection, all) => connection.Client.RedriveDeadLettersAsync(all, cancellationToken), cancellationToken));
    }

    private static async Task<int> ChangeAsync(
        CommandRun run, string name, Func<ServerConnection, Guid, Task<DeadLetterView>> change, Func<DeadLetterView, string> told,
        CancellationToken cancellationToken)
    {
        await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
        Guid id = await DeadLetterCommands.ResolveAsync(connection, name, cancellationToken);
        DeadLetterView letter = await change(connection, id);
        run.Terminal.Result(letter, () => run.Terminal.Line($"[green]✓[/] {Spectre.Console.Markup.Escape(told(letter))}"));
        return ExitCodes.Ok;
    }

    private static async Task<int> SettleAsync<TReply>(
        CommandRun run, string[] names, DeadLetterSelection chosen, DeadLetterSelectionOptions selection, string verb, string done,
        Func<ServerConnection, Guid, Task<TReply>> one, Func<ServerConnection, DeadLetterSelection, Task<QueuedJob>> all,
        CancellationToken cancellationToken)
        where TReply : class
    {
        if (names.Length > 0 == run.Value(selection.Everything))
            throw new UsageException("Name the dead letters, or give --all.");
        bool watch = run.Value(selection.Watch);
        await using ServerConnection connection = await run.ConnectAsync(cancellationToken, watch ? Workers.Run : Workers.None);
        if (names.Length == 0)
        {
            long count = (await connection.Client.CountDeadLettersAsync(DeadLetterSelectionOptions.QueryOf(chosen), cancellationToken)).Count;
            if (!run.Terminal.Confirm($"{verb} {Words.Plural(count, "dead letter")}?", run.Value(selection.Yes)))
                return ExitCodes.Refused;
            QueuedJob job = await all(connection, chosen);
            return await EnqueueCommand.EnqueuedAsync(run, connection, job, "penstock.settle_dead_letters", watch, cancellationToken);
        }
        List<Guid> ids = [];
        foreach (string name in names)
            ids.Add(await DeadLetterCommands.ResolveAsync(connection, name, cancellationToken));
        List<TReply> replies = [];
        foreach (Guid id in ids)
            replies.Add(await one(connection, id));
        run.Terminal.Result(replies, () => run.Terminal.Line($"[green]✓[/] {done} {Words.Plural(replies.Count, "dead letter")}"));
        return ExitCodes.Ok;
    }

    /// <summary>Pairs change single members; anything else is the whole payload.</summary>
    private static async Task<JsonElement> EditedAsync(
        CommandRun run, ServerConnection connection, Guid id, string[] parts, CancellationToken cancellationToken)
    {
        JsonElement given = (await EnqueueCommand.ReadPayloadAsync(run, parts, cancellationToken))!.Value;
        bool whole = parts is [['@', ..]] or ["-"] || parts[0].TrimStart().StartsWith('{');
        if (whole)
            return given;
        DeadLetterView letter = await connection.Client.DeadLetterAsync(id, cancellationToken);
        JsonObject merged = JsonObject.Create(letter.Payload) ?? [];
        foreach (JsonProperty member in given.EnumerateObject())
            merged[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        return JsonSerializer.SerializeToElement(merged);
    }

    private static Argument<string[]> LettersArgument() =>
        new("LETTER") { Description = "Ids or ends of ids.", Arity = ArgumentArity.ZeroOrMore };

    private static Option<string?> NoteOption() => new("--note") { Description = "Kept in its history.", HelpName = "TEXT" };
}

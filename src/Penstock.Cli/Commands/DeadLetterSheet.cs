using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.DeadLetters;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary>One dead letter for people: what it is, and what was done to it.</summary>
internal static class DeadLetterSheet
{
    public static void Print(Terminal terminal, DeadLetterView letter, DateTimeOffset now)
    {
        terminal.PrintFields(
            ("letter", letter.Id.ToString(), "bold"),
            ("status", letter.SettledBy is null ? letter.Status : $"{letter.Status} by {letter.SettledBy}", DeadLetterCommands.StyleOf(letter)),
            ("assignee", letter.Assignee, null),
            ("urgency", letter.Urgency, null),
            ("operation", letter.Operation, null),
            ("queue", letter.QueueName, null),
            ("job", letter.JobId.ToString(), null),
            ("item", letter.ItemIndex is { } item ? $"{item}, stage {letter.Stage + 1}" : null, null),
            ("attempts", $"{letter.Attempts}", null),
            ("created", Words.Instant(letter.CreatedAt, now), null),
            ("settled", Words.Instant(letter.SettledAt, now), null),
            ("error", $"{letter.ErrorCode}: {letter.ErrorMessage}", "red"),
            ("quarantined", letter.Quarantined ? "yes: workers died while they ran it" : null, "red"),
            (letter.Edited ? "payload (edited)" : "payload", Words.Json(letter.Payload), null));
        foreach (DeadLetterActionView action in letter.History ?? [])
            terminal.Line($"[dim]{Markup.Escape(Words.Instant(action.At, now) ?? "")}[/] {Markup.Escape(Sentence(action))}");
    }

    private static string Sentence(DeadLetterActionView action)
    {
        string what = $"{action.Actor ?? "someone"} {action.Action}"
            + (action.Assignee is null ? "" : $", assignee {action.Assignee}")
            + (action.Urgency is null ? "" : $", urgency {action.Urgency}")
            + (action.PayloadBefore is { } before ? $", before: {EventLine.Fields(before)}" : "");
        return action.Note is null ? what : $"{what}: {action.Note}";
    }
}

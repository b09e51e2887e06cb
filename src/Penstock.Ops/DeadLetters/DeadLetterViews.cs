using System.Text.Json;
using Penstock.Client.DeadLetters;
using Penstock.Engine.Storage;

namespace Penstock.Ops.DeadLetters;

/// <summary>The store's records in the words of the API.</summary>
internal static class DeadLetterViews
{
    public static DeadLetterView ToView(this DeadLetter letter, IReadOnlyList<DeadLetterAction>? history = null) => new(
        letter.Id, letter.Kind, letter.JobId, letter.QueueName, letter.Operation, Parse(letter.Payload), letter.ErrorCode,
        letter.ErrorMessage, letter.Attempts, letter.Status, letter.CreatedAt, letter.SettledAt, letter.SettledBy, letter.ItemIndex, letter.Stage)
    {
        Assignee = letter.Assignee,
        Urgency = letter.Urgency,
        Edited = letter.IsEdited,
        Quarantined = letter.IsQuarantined,
        History = history?.Select(ToView).ToList(),
    };

    private static DeadLetterActionView ToView(DeadLetterAction action) => new(
        action.At, action.Actor, action.Action, action.Note, action.Assignee, action.Urgency,
        action.PayloadBefore is null ? null : Parse(action.PayloadBefore));

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);
}

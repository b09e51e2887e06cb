namespace Penstock.Engine.Storage;

/// <summary>What people do to dead letters besides sending them again. Every method is one transaction with its entry in the history.</summary>
public interface IDeadLetterStore
{
    /// <summary>Takes an open letter into review: who looks, how urgent it is, a note.</summary>
    /// <exception cref="Enqueueing.DeadLetterNotFoundException"/>
    /// <exception cref="Enqueueing.DeadLetterSettledException">It was redriven or archived.</exception>
    Task<DeadLetter> ReviewAsync(Guid deadLetterId, DeadLetterReview review, string? by, CancellationToken cancellationToken);

    /// <summary>Replaces the payload that a redrive will send; the history keeps the one before.</summary>
    /// <inheritdoc cref="ReviewAsync" path="/exception"/>
    Task<DeadLetter> EditAsync(Guid deadLetterId, string payload, string? note, string? by, CancellationToken cancellationToken);

    /// <summary>Decides that it is not sent again. Retention may remove its job from then on.</summary>
    /// <inheritdoc cref="ReviewAsync" path="/exception"/>
    Task<DeadLetter> ArchiveAsync(Guid deadLetterId, string? note, string? by, CancellationToken cancellationToken);

    /// <summary>Takes an archived letter back to the pending ones.</summary>
    /// <exception cref="Enqueueing.DeadLetterNotFoundException"/>
    /// <exception cref="Enqueueing.DeadLetterSettledException">It is not archived.</exception>
    Task<DeadLetter> ReopenAsync(Guid deadLetterId, string? note, string? by, CancellationToken cancellationToken);

    /// <summary>What was done to it, oldest first.</summary>
    Task<IReadOnlyList<DeadLetterAction>> ActionsAsync(Guid deadLetterId, CancellationToken cancellationToken);
}

/// <summary>What a review sets; null leaves as it is.</summary>
/// <param name="Urgency"><c>low</c>, <c>normal</c>, <c>high</c> or <c>critical</c>.</param>
public sealed record DeadLetterReview(string? Assignee = null, string? Urgency = null, string? Note = null);

/// <param name="Action"><c>reviewed</c>, <c>edited</c>, <c>archived</c>, <c>reopened</c> or <c>redriven</c>.</param>
/// <param name="PayloadBefore">JSON text that an edit replaced.</param>
public sealed record DeadLetterAction(
    DateTimeOffset At, string? Actor, string Action, string? Note, string? Assignee, string? Urgency, string? PayloadBefore);

namespace Penstock.Client.DeadLetters;

/// <param name="Note">Why; written to its history; up to 4000 characters.</param>
public sealed record DeadLetterNoteRequest(string? Note = null);

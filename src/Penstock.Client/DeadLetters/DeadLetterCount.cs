namespace Penstock.Client.DeadLetters;

public sealed record DeadLetterCount(long Count);

namespace Penstock.TestKit;

/// <summary>What a test expected is not so; the message lists what was there. Every test framework shows it as a failure.</summary>
public sealed class PenstockAssertionException(string message) : Exception(message);

namespace Penstock.Client.Signals;

/// <summary>The answer to a signal.</summary>
/// <param name="First">False: one of this name was sent before, and that one stands.</param>
public sealed record SentSignal(string Name, bool First);

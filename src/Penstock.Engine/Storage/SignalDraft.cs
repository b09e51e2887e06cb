namespace Penstock.Engine.Storage;

/// <summary>A signal as sent.</summary>
/// <param name="Payload">JSON text of any value.</param>
/// <param name="By">Who sent it, for the history.</param>
public sealed record SignalDraft(string Name, string Payload, string? By);

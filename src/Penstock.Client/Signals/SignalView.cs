using System.Text.Json;

namespace Penstock.Client.Signals;

/// <summary>A signal that was sent.</summary>
/// <param name="Waiting">Jobs that still wait for it: they have been woken and did not look yet.</param>
public sealed record SignalView(string Name, JsonElement Payload, DateTimeOffset SentAt, string? SentBy, int Waiting);

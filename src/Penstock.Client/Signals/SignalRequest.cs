using System.Text.Json;

namespace Penstock.Client.Signals;

/// <summary>A signal to be sent.</summary>
/// <param name="Name">1 to 200 characters without spaces.</param>
public sealed record SignalRequest(string Name)
{
    /// <summary>Any JSON value; absent: null.</summary>
    public JsonElement? Payload { get; init; }
}

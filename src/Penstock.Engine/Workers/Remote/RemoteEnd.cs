namespace Penstock.Engine.Workers.Remote;

/// <summary>How a remote worker says a unit ended.</summary>
public abstract record RemoteEnd
{
    private RemoteEnd() { }

    /// <param name="Result">JSON: of a job its result; of an item its payload in the next stage.</param>
    public sealed record Succeeded(string Result) : RemoteEnd;

    /// <param name="Retryable">False: no retry can mend it.</param>
    public sealed record Failed(string ErrorCode, string ErrorMessage, bool Retryable) : RemoteEnd;

    /// <summary>Its source or device is busy: back to the queue, spending no attempt.</summary>
    /// <param name="Delay">Doubled with each time the unit was put off before, up to ten minutes.</param>
    public sealed record PutOff(string Reason, TimeSpan Delay) : RemoteEnd;

    /// <summary>The worker ends: back to the queue at once.</summary>
    public sealed record Released : RemoteEnd;
}

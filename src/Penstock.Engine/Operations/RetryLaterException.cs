namespace Penstock.Engine.Operations;

/// <summary>Thrown by an operation whose source or device is busy: back to the queue, spending no attempt.</summary>
/// <param name="baseDelay">The n-th snooze waits <c>min(base * 2^n, 600 s)</c>, n counted from 0.</param>
public sealed class RetryLaterException(string reason, TimeSpan baseDelay) : Exception(reason)
{
    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(600);

    public TimeSpan BaseDelay { get; } = baseDelay;

    /// <summary>The wait before the next execution of a job that was snoozed <paramref name="retries"/> times before.</summary>
    public TimeSpan DelayAfter(int retries) =>
        TimeSpan.FromSeconds(Math.Min(BaseDelay.TotalSeconds * Math.Pow(2, Math.Min(retries, 40)), LongestDelay.TotalSeconds));
}

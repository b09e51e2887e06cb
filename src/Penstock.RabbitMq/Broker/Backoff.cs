namespace Penstock.RabbitMq.Broker;

/// <summary>Pauses between attempts to connect: twice as long each time, up to a limit, and never the same for two processes.</summary>
internal sealed class Backoff(TimeSpan max, Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);

    /// <summary>A connection that stood this long was a good one; a shorter one does not end the waiting.</summary>
    public static readonly TimeSpan Proof = TimeSpan.FromSeconds(2);

    private int _attempts;

    public int Attempts => _attempts;

    public TimeSpan Next()
    {
        double limit = Math.Min(max.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, Math.Min(_attempts++, 30)));
        return TimeSpan.FromMilliseconds(limit * (0.5 + random.NextDouble() / 2));
    }

    public void Reset() => _attempts = 0;
}

namespace Penstock.Engine.Outcomes;

/// <summary>How often a job may fail, and how long it waits in between.</summary>
/// <param name="MaxAttempts">Failures allowed before the job becomes a dead letter; 1: never again.</param>
/// <param name="BaseDelay">Wait after the first failure; doubles with each further one.</param>
/// <param name="MaxDelay">Longest wait, before jitter.</param>
/// <param name="Jitter">Part of the wait that is random, 0 to 1: 0.2 means 80 % to 120 %.</param>
public sealed record RetryPolicy(int MaxAttempts, TimeSpan BaseDelay, TimeSpan MaxDelay, double Jitter = 0.2)
{
    /// <summary>Three failures, waits of about 2 s and 4 s.</summary>
    public static readonly RetryPolicy Default = new(3, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10));

    public static readonly RetryPolicy Never = new(1, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>The wait after the <paramref name="failures"/>-th failure (from 1).</summary>
    public TimeSpan DelayAfter(int failures, Random random)
    {
        double plain = Math.Min(BaseDelay.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 40)), MaxDelay.TotalSeconds);
        return TimeSpan.FromSeconds(plain * (1 + Jitter * (2 * random.NextDouble() - 1)));
    }
}

using Penstock.Client.Jobs;
using Penstock.Console.Text;

namespace Penstock.Console.Jobs;

/// <summary>How fast a job has gone since it started, and when it would be done at that pace.</summary>
/// <param name="PerSecond">Units per second on average; null before the first unit.</param>
/// <param name="Left">Null where the pace or the total is unknown, or the job does not run.</param>
internal sealed record JobPace(double? PerSecond, TimeSpan? Left)
{
    /// <summary>Under a second of work an average says nothing.</summary>
    private static readonly TimeSpan ShortestSample = TimeSpan.FromSeconds(1);

    public static JobPace Of(JobView job, DateTimeOffset now)
    {
        if (job.StartedAt is not { } started || job.ProgressCurrent is not > 0)
            return new JobPace(null, null);
        TimeSpan worked = (job.FinishedAt ?? now) - started;
        if (worked < ShortestSample)
            return new JobPace(null, null);
        double perSecond = job.ProgressCurrent.Value / worked.TotalSeconds;
        bool goesOn = job.Status == "running" && job.ProgressTotal > job.ProgressCurrent;
        TimeSpan? left = goesOn ? TimeSpan.FromSeconds((job.ProgressTotal!.Value - job.ProgressCurrent.Value) / perSecond) : null;
        return new JobPace(perSecond, left);
    }

    /// <summary>Such as <c>312/s · about 4 min left</c>; empty where nothing is known.</summary>
    public string Say()
    {
        string rate = PerSecond is { } pace ? Numbers.Rate(pace) : "";
        string left = Left is { } time ? $"about {Durations.SayShort(time)} left" : "";
        return string.Join(" · ", new[] { rate, left }.Where(part => part.Length > 0));
    }
}

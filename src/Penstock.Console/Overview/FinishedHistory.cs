using Penstock.Client.Jobs;

namespace Penstock.Console.Overview;

/// <summary>How many jobs ended in each stretch of the last hour, counted from a listing of the newest ones.</summary>
/// <param name="Buckets">Oldest first; the last one is still open.</param>
/// <param name="IsWhole">False where the listing was too short to reach back an hour.</param>
public sealed record FinishedHistory(IReadOnlyList<FinishedBucket> Buckets, long Succeeded, long Failed, bool IsWhole)
{
    public static readonly TimeSpan Span = TimeSpan.FromHours(1);
    public const int BucketCount = 30;

    /// <param name="newest">Newest first.</param>
    /// <param name="listed">How many were asked for: fewer rows than that mean that these are all.</param>
    public static FinishedHistory Of(IReadOnlyList<JobView> newest, int listed, DateTimeOffset now)
    {
        TimeSpan width = Span / BucketCount;
        // Buckets start at round times, so that a bar keeps its jobs from one refresh to the next.
        DateTimeOffset start = new((now.UtcTicks / width.Ticks + 1 - BucketCount) * width.Ticks, TimeSpan.Zero);
        long[] succeeded = new long[BucketCount];
        long[] failed = new long[BucketCount];
        foreach (JobView job in newest)
        {
            if (job.FinishedAt is not { } finished || job.Status is not ("succeeded" or "failed"))
                continue;
            double bucket = Math.Floor((finished - start) / width);
            if (bucket is < 0 or >= BucketCount)
                continue;
            (job.Status == "failed" ? failed : succeeded)[(int)bucket]++;
        }
        FinishedBucket[] buckets =
            [.. Enumerable.Range(0, BucketCount).Select(i => new FinishedBucket(start + width * i, succeeded[i], failed[i]))];
        bool isWhole = newest.Count < listed || newest[^1].CreatedAt <= now - Span;
        return new FinishedHistory(buckets, succeeded.Sum(), failed.Sum(), isWhole);
    }
}

public sealed record FinishedBucket(DateTimeOffset From, long Succeeded, long Failed);

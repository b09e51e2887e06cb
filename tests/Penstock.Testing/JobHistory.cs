namespace Penstock.Testing;

/// <summary>I4 and I14 read from the histories alone: a job ends once, and then only a person's decision brings it back.</summary>
public static class JobHistory
{
    private static readonly string[] Reviving = ["job.redriven", "job.requeued", "job.reopened"];

    /// <param name="events">Of all jobs, in the order of their ids.</param>
    /// <param name="statuses">Of the jobs that exist.</param>
    /// <returns>What must not be.</returns>
    public static IReadOnlyList<string> Violations(
        IEnumerable<(string JobId, string Name)> events, IReadOnlyDictionary<string, string> statuses)
    {
        List<string> wrong = [];
        Dictionary<string, string?> ends = [];
        foreach ((string job, string name) in events)
        {
            if (!statuses.ContainsKey(job))
                wrong.Add($"event {name} of job {job}, which does not exist");
            else if (!ends.TryGetValue(job, out string? ended))
                ends[job] = name == "job.created" ? null : throw new InvalidDataException($"The first event of job {job} is {name}.");
            else if (name.StartsWith("job.", StringComparison.Ordinal) && name != "job.edited")
            {
                if (ended is not null && !Reviving.Contains(name))
                    wrong.Add($"job {job}: {name} after it {ended}");
                ends[job] = EndOf(name);
            }
        }
        foreach ((string job, string status) in statuses)
        {
            if (!ends.TryGetValue(job, out string? told))
                wrong.Add($"job {job} has no event");
            else if (told != (status is "queued" or "running" ? null : status))
                wrong.Add($"job {job} is {status}, and its history says {told ?? "that it has not ended"}");
        }
        return wrong;
    }

    private static string? EndOf(string name) => name switch
    {
        "job.succeeded" => "succeeded",
        "job.failed" or "job.timeout" => "failed",
        "job.cancelled" => "cancelled",
        _ => null,
    };
}

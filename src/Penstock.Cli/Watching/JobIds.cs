using Penstock.Client;
using Penstock.Client.Jobs;

namespace Penstock.Cli.Watching;

/// <summary>Jobs as people name them: the whole id, its end as listings show it, or <c>last</c>.</summary>
internal static class JobIds
{
    /// <summary>Characters of the end that listings show; 32 random bits tell a thousand recent jobs apart.</summary>
    public const int ShownEnd = 8;

    private const int RecentJobs = 500;

    /// <summary>The end that names the job; the beginning of a version 7 UUID is its time and alike for neighbours.</summary>
    public static string Short(Guid id) => id.ToString()[^ShownEnd..];

    /// <exception cref="UsageException">No recent job, or more than one, has this name.</exception>
    public static async Task<Guid> ResolveAsync(PenstockClient client, string name, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(name, out Guid id))
            return id;
        if (name == "last")
        {
            IReadOnlyList<JobView> newest = await client.JobsAsync(new JobQuery { Limit = 1 }, cancellationToken);
            return newest.Count == 1 ? newest[0].Id : throw new UsageException("There is no job yet, so 'last' names none.");
        }
        string end = name.TrimStart('…', '.').ToLowerInvariant();
        if (end.Length < 4 || !end.All(c => char.IsAsciiHexDigit(c) || c == '-'))
            throw new UsageException($"'{name}' names no job: give its id, the end of it as 'penstock jobs list' shows, or 'last'.");
        IReadOnlyList<JobView> recent = await client.JobsAsync(new JobQuery { Limit = RecentJobs, IncludeChildren = true }, cancellationToken);
        List<Guid> matches = [.. recent.Select(job => job.Id).Where(candidate => candidate.ToString().EndsWith(end, StringComparison.Ordinal))];
        return matches.Count switch
        {
            1 => matches[0],
            0 => throw new UsageException($"None of the {recent.Count} newest jobs has an id that ends in '{end}'. Give the whole id."),
            _ => throw new UsageException($"{matches.Count} jobs have an id that ends in '{end}'. Give the whole id."),
        };
    }
}

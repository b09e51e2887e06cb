using Penstock.Client.Jobs;

namespace Penstock.Console.Jobs;

/// <summary>One line of a job's tree. A job that joins several others stands below each of them, and is unfolded once.</summary>
/// <param name="Depth">0 for the root; deeper than 12 is drawn as 12, so that a long chain stays on a narrow screen.</param>
/// <param name="IsDependent">It runs after the one above, rather than as its child.</param>
/// <param name="IsRepeated">What follows from it is shown further up.</param>
internal sealed record JobTreeRow(JobView Job, int Depth, bool IsDependent, bool IsRepeated)
{
    private const int DepthMax = 12;

    public string? StatusText => Job is { Status: "queued", WaitingFor: not null } ? $"waits: {Job.WaitingFor}" : null;

    public static IReadOnlyList<JobTreeRow> Of(JobTreeView tree)
    {
        Dictionary<Guid, JobView> jobs = tree.Jobs.ToDictionary(job => job.Id);
        ILookup<Guid, JobTreeEdge> below = tree.Edges.Where(edge => jobs.ContainsKey(edge.To)).ToLookup(edge => edge.From);
        List<JobTreeRow> rows = [];
        HashSet<Guid> unfolded = [];
        Stack<(Guid Id, bool IsDependent, int Depth)> open = new([(tree.Jobs[0].Id, false, 0)]);
        while (open.TryPop(out (Guid Id, bool IsDependent, int Depth) next))
        {
            bool again = !unfolded.Add(next.Id);
            rows.Add(new JobTreeRow(jobs[next.Id], Math.Min(next.Depth, DepthMax), next.IsDependent, again));
            foreach (JobTreeEdge edge in below[next.Id].Where(_ => !again).OrderByDescending(edge => edge.To))
                open.Push((edge.To, edge.Kind == "dependent", next.Depth + 1));
        }
        return rows;
    }
}

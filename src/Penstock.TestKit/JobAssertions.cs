using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.TestKit;

/// <summary>What was enqueued in a host: by the test, by its operations, by its schedules; whatever became of it since.</summary>
public sealed class JobAssertions
{
    private const int PageSize = 500;
    private const int ShownMax = 20;

    private readonly IServiceProvider _services;

    internal JobAssertions(IServiceProvider services) => _services = services;

    /// <summary>Oldest first.</summary>
    /// <param name="operation">Null: all of them.</param>
    public async Task<IReadOnlyList<EnqueuedJob>> ListAsync(string? operation = null, CancellationToken cancellationToken = default)
    {
        IJobReader reader = _services.GetRequiredService<IJobReader>();
        List<EnqueuedJob> all = [];
        Guid? before = null;
        IReadOnlyList<Job> page;
        do
        {
            page = await reader.ListAsync(new JobFilter(Operation: operation, Before: before, Limit: PageSize), cancellationToken);
            all.AddRange(page.Select(job => new EnqueuedJob(job)));
            before = page.Count > 0 ? page[^1].Id : null;
        }
        while (page.Count == PageSize);
        all.Reverse();
        return all;
    }

    /// <summary>At least one job of the operation that satisfies the condition; the oldest of them comes back.</summary>
    /// <exception cref="PenstockAssertionException"/>
    public async Task<EnqueuedJob> AssertEnqueuedAsync(
        string operation, Func<EnqueuedJob, bool>? where = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<EnqueuedJob> all = await ListAsync(null, cancellationToken);
        return Matching(all, operation, where).FirstOrDefault()
            ?? throw new PenstockAssertionException($"No job of {operation}{That(where)} was enqueued.{Listing(all)}");
    }

    /// <summary>As above, with a condition on the payload.</summary>
    /// <exception cref="PenstockAssertionException"/>
    public Task<EnqueuedJob> AssertEnqueuedAsync<TPayload>(
        string operation, Func<TPayload, bool> where, CancellationToken cancellationToken = default) =>
        AssertEnqueuedAsync(operation, job => where(job.Payload<TPayload>()), cancellationToken);

    /// <exception cref="PenstockAssertionException"/>
    public async Task AssertNotEnqueuedAsync(
        string operation, Func<EnqueuedJob, bool>? where = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<EnqueuedJob> found = [.. Matching(await ListAsync(null, cancellationToken), operation, where)];
        if (found.Count > 0)
            throw new PenstockAssertionException($"{operation}{That(where)} was enqueued.{Listing(found)}");
    }

    /// <summary>Exactly this many jobs of the operation.</summary>
    /// <exception cref="PenstockAssertionException"/>
    public async Task AssertCountAsync(
        int expected, string operation, Func<EnqueuedJob, bool>? where = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<EnqueuedJob> all = await ListAsync(null, cancellationToken);
        int found = Matching(all, operation, where).Count();
        if (found != expected)
            throw new PenstockAssertionException($"{found} jobs of {operation}{That(where)} were enqueued instead of {expected}.{Listing(all)}");
    }

    private static IEnumerable<EnqueuedJob> Matching(IEnumerable<EnqueuedJob> jobs, string operation, Func<EnqueuedJob, bool>? where) =>
        jobs.Where(job => job.Operation == operation && (where is null || where(job)));

    private static string That(Func<EnqueuedJob, bool>? where) => where is null ? "" : " that satisfies the condition";

    private static string Listing(IReadOnlyList<EnqueuedJob> jobs)
    {
        if (jobs.Count == 0)
            return " Nothing was.";
        string more = jobs.Count > ShownMax ? $"\n  and {jobs.Count - ShownMax} more" : "";
        return $" Enqueued:\n  {string.Join("\n  ", jobs.Take(ShownMax))}{more}";
    }
}

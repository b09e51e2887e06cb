using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine.Storage;
using Penstock.Sql;

namespace Penstock.Chaos;

/// <summary>What became of every job, from the database and from the journals of the executions, against what was asked.</summary>
internal sealed class Verdict(
    Settings settings, IReadOnlyDictionary<Guid, Plan> plans, Fates fates, IReadOnlyList<WorkerProcess> processes, int kills, TimeSpan took)
{
    private const int ShownMax = 5;

    /// <summary>No id is higher.</summary>
    private static readonly Guid LastId = Guid.AllBitsSet;

    private const string LeftSql = """
        select (select count(*) from claim) + (select count(*) from ready) + (select count(*) from deferred) + (select count(*) from worker)
             + (select count(*) from item) + (select count(*) from parked) + (select count(*) from resource_hold)
        """;
    private const string IntegritySql = "pragma integrity_check(5)";

    private readonly List<(string Check, List<string> Findings)> _checks = [];

    /// <returns>The exit code.</returns>
    public async Task<int> TellAsync(IServiceProvider services, bool settled, bool drained)
    {
        SqlDatabase database = services.GetRequiredService<SqlDatabase>();
        await fates.ReadAsync(LastId);
        await fates.Batches.ReadEffectsAsync();
        List<Fate> jobs = [.. fates.Jobs.Values];
        List<Run> runs = ReadJournals();

        Check("everything ended within the time", settled ? [] : ["some jobs were still open"]);
        Check("every worker that was not killed ended well", drained ? [] : ["one crashed or ended with an error"]);
        CheckFates(jobs);
        CheckStarts(jobs, runs);
        List<Run> awake = [.. runs.Select(UntilFrozen)];
        Check("no job and no item ran twice at once", Overlaps(awake));
        List<Run> held = Held(jobs, awake);
        Dictionary<string, int> most = CheckLimits(held);
        Check("nothing is left over: claims, hints, items, workers",
            await LeftAsync(database) is var left and > 0 ? [$"{left} rows"] : []);
        BatchFates batches = fates.Batches;
        Check("every item of a batch has its effect once", batches.Repeated());
        Check("the progress of every batch is exact, with as many failed items as planned", batches.Inexact(plans));
        if (settings.Artifacts is not null)
            Check("the file of every job that stored one is there and what was put", await WrongFilesAsync(services.GetRequiredService<IArtifactStore>(), jobs));
        if (database.Dialect == "sqlite")
            Check("the database file is whole", (await database.QueryAsync(IntegritySql, row => row.GetString(0))).Where(line => line != "ok"));

        Print("jobs", jobs.Count);
        foreach (IGrouping<string, Fate> status in jobs.GroupBy(j => j.Status).OrderBy(g => g.Key))
            Print("  " + status.Key, status.Count());
        Print("batches, their items done / failed", $"{batches.Count}, {batches.ItemsDone} / {batches.ItemsFailed}");
        Print("executions begun", runs.Count);
        Print("executions cut off by a kill", runs.Count(r => !r.Ended));
        Print("processes started / killed", $"{processes.Count} / {kills}");
        Print("jobs taken back from killed workers", jobs.Sum(j => j.Lost));
        foreach ((string name, int max) in ChaosServices.Limits)
            Print($"most at once of {name} (limit {max})", most[name]);
        if (processes.Any(p => p.Frozen.Count > 0))
            Print("longest run after a freeze cost its lease", $"{LongestAfterFreeze(runs).TotalMilliseconds:0} ms");
        Print("longest run after its cancellation", $"{LongestTail(awake, held).TotalMilliseconds:0} ms");
        Print("time", $"{took.TotalSeconds:0} s, {jobs.Count / took.TotalSeconds:0} jobs/s");
        return Sum();
    }

    /// <summary>Every job that was acknowledged is there, ended as planned, and ended once.</summary>
    private void CheckFates(List<Fate> jobs)
    {
        Check("no acknowledged job is lost", plans.Keys.Where(id => !fates.Jobs.ContainsKey(id)).Select(id => $"{id}"));
        Check("no job is there that nobody asked for", fates.Jobs.Keys.Where(id => !plans.ContainsKey(id)).Concat(fates.Orphans).Select(id => $"{id}"));
        Check("every job ended as planned", jobs.Where(job => plans.TryGetValue(job.Id, out Plan? plan) && !EndedAsPlanned(job, plan))
            .Select(job => $"{job.Id} {job.Status} after {job.Attempt} attempts, planned {plans[job.Id].Operation} {plans[job.Id].Payload}"));
        Check("every job has exactly one terminal event", jobs.Where(job => job.Ends != 1).Select(job => $"{job.Id} {job.Status}: {job.Ends}"));
    }

    private static bool EndedAsPlanned(Fate job, Plan plan) => job.Status switch
    {
        "cancelled" => plan.CancelledAt is not null,
        "failed" => plan.FailsForGood,
        "succeeded" => !plan.FailsForGood,
        _ => false,
    };

    private async Task<IEnumerable<string>> WrongFilesAsync(IArtifactStore artifacts, List<Fate> jobs)
    {
        List<string> wrong = [];
        List<Fate> stored = [.. jobs.Where(j => j.Status == "succeeded" && plans.GetValueOrDefault(j.Id)?.Operation == StoringOperation.Name)];
        Print("files looked at", stored.Count);
        foreach (Fate job in stored)
        {
            if (await StoringOperation.WrongAsync(artifacts, job.Id, plans[job.Id].Number, CancellationToken.None) is { } finding)
                wrong.Add(finding);
        }
        return wrong;
    }

    /// <summary>One start event per attempt, and no execution without its start event.</summary>
    private void CheckStarts(List<Fate> jobs, List<Run> runs)
    {
        Check("one start event per attempt", jobs.Where(job => job.Starts != job.Attempt || job.AttemptsStarted != job.Attempt)
            .Select(job => $"{job.Id}: {job.Starts} starts of {job.AttemptsStarted} attempts for {job.Attempt}"));
        Check("no attempt ran twice", runs.GroupBy(r => (r.Unit, r.Attempt)).Where(g => g.Count() > 1).Select(g => $"{g.Key}"));
        HashSet<Guid> ran = runs.Where(r => r.Ended && r.Unit.Item is null).Select(r => r.Unit.JobId).ToHashSet();
        Check("every job that succeeded ran", jobs.Where(j => j.Status == "succeeded" && !ran.Contains(j.Id)).Select(j => $"{j.Id}"));
    }

    private static IEnumerable<string> Overlaps(List<Run> runs)
    {
        foreach (IGrouping<Unit, Run> unit in runs.GroupBy(r => r.Unit).Where(g => g.Count() > 1))
        {
            List<Run> inTime = [.. unit.OrderBy(r => r.BeganAt)];
            for (int i = 1; i < inTime.Count; i++)
            {
                if (inTime[i].BeganAt < inTime[i - 1].EndedAt)
                    yield return $"{unit.Key}: attempts {inTime[i - 1].Attempt} and {inTime[i].Attempt}";
            }
        }
    }

    /// <summary>A process that stands still past its lease cannot know it: others run its jobs. What counts is what it does once it goes on.</summary>
    private static Run UntilFrozen(Run run) => run.FrozenAt is { } at ? run with { EndedAt = at } : run;

    private static TimeSpan LongestAfterFreeze(List<Run> runs) =>
        TimeProvider.System.GetElapsedTime(0, runs.Where(r => r.FrozenAt is not null).Select(r => r.EndedAt - r.ThawedAt).DefaultIfEmpty().Max());

    /// <summary>The runs as far as they held their place: that of a cancelled job is free at once, while its execution is being told.</summary>
    private List<Run> Held(List<Fate> jobs, List<Run> runs)
    {
        Dictionary<Guid, long> cancelled = jobs.Where(j => j.Status == "cancelled").ToDictionary(j => j.Id, j => plans[j.Id].CancelledAt ?? long.MaxValue);
        return [.. runs.Select(r => cancelled.TryGetValue(r.Unit.JobId, out long at) && at < r.EndedAt ? r with { EndedAt = Math.Max(at, r.BeganAt) } : r)];
    }

    private static TimeSpan LongestTail(List<Run> runs, List<Run> held) =>
        TimeProvider.System.GetElapsedTime(0, runs.Zip(held, (run, place) => run.EndedAt - place.EndedAt).DefaultIfEmpty().Max());

    private Dictionary<string, int> CheckLimits(List<Run> runs)
    {
        Dictionary<string, int> most = [];
        foreach ((string name, int max) in ChaosServices.Limits)
        {
            most[name] = MostAtOnce(runs.Where(r => r.Unit.Item is null && plans.TryGetValue(r.Unit.JobId, out Plan? plan) && (plan.Queue == name || plan.Needs == name)));
            Check($"never more than {max} at once of {name}", most[name] > max ? [$"{most[name]} at once"] : []);
        }
        return most;
    }

    private static int MostAtOnce(IEnumerable<Run> runs)
    {
        int now = 0;
        int most = 0;
        // At one instant, what ends goes before what begins.
        foreach ((long _, int change) in runs.SelectMany(r => new[] { (r.BeganAt, 1), (r.EndedAt, -1) }).Order())
            most = Math.Max(most, now += change);
        return most;
    }

    private List<Run> ReadJournals()
    {
        List<Run> runs = [];
        foreach (WorkerProcess process in processes)
        {
            string path = settings.JournalOf(process.Number);
            if (File.Exists(path)) // Killed before it began to work otherwise.
                runs.AddRange(Journal.Read(path, process.GoneAt!.Value).Select(run => WithFreeze(run, process)));
        }
        return runs;
    }

    private static Run WithFreeze(Run run, WorkerProcess process)
    {
        (long from, long to) = process.Frozen.FirstOrDefault(f => f.From > run.BeganAt && f.From < run.EndedAt);
        return from == 0 ? run : run with { FrozenAt = from, ThawedAt = to };
    }

    private static async Task<long> LeftAsync(SqlDatabase database) => (await database.QueryAsync(LeftSql, row => row.GetInt64(0)))[0];

    public void Check(string name, IEnumerable<string> findings) => _checks.Add((name, [.. findings]));

    private static void Print(string name, object value) =>
        Console.WriteLine($"{name,-45} {string.Format(CultureInfo.InvariantCulture, "{0}", value),20}");

    private int Sum()
    {
        int failed = 0;
        foreach ((string check, List<string> findings) in _checks)
        {
            Console.WriteLine($"{(findings.Count == 0 ? "ok    " : "FAILED")} {check}{(findings.Count == 0 ? "" : $": {findings.Count}")}");
            foreach (string finding in findings.Take(ShownMax))
                Console.WriteLine($"         {finding}");
            failed += findings.Count == 0 ? 0 : 1;
        }
        Console.WriteLine($"{_checks.Count - failed} passed, {failed} failed, 0 skipped");
        return failed == 0 ? 0 : 1;
    }
}

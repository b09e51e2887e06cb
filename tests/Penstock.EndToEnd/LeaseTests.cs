using Penstock.EndToEnd.Processes;
using Penstock.Testing;
using Xunit;

namespace Penstock.EndToEnd;

/// <summary>Leases between real processes: one that stands still for longer than its lease, and a job that kills whoever runs it.</summary>
public sealed class LeaseTests
{
    /// <summary>The lease of the engine under test is 2 s.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Lines an execution may still write beside the store after it woke: half a second of 50 ms ticks; unstopped it wrote dozens.</summary>
    private const int LinesAfterWaking = 10;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_stopped_past_its_lease_and_continued_stops_its_work_and_changes_nothing()
    {
        string workspace = EngineProcess.NewWorkspace();
        StoredState stored = new(workspace);
        await using EngineProcess slow = EngineProcess.Start(workspace, "tick");
        await UntilAsync(() => Lines(workspace, "told", slow) >= 3 && Lines(workspace, "untold", slow) >= 3 && stored.Count("select count(*) from claim") == 3);
        slow.Freeze();
        int toldBefore = Lines(workspace, "told", slow);
        int untoldBefore = Lines(workspace, "untold", slow);

        await using EngineProcess fresh = EngineProcess.Start(workspace, "work");
        await UntilAsync(() => Lines(workspace, "told", fresh) >= 3 && Lines(workspace, "untold", fresh) >= 3);
        Assert.Equal((toldBefore, untoldBefore), (Lines(workspace, "told", slow), Lines(workspace, "untold", slow)));
        slow.Thaw();
        await UntilAsync(() => stored.Count("select count(*) from job where finished_at is null") == 0);
        Assert.InRange(Lines(workspace, "told", slow) - toldBefore, 0, 1);
        Assert.InRange(Lines(workspace, "untold", slow) - untoldBefore, 0, LinesAfterWaking);
        foreach (EngineProcess engine in (EngineProcess[])[slow, fresh])
        {
            engine.Terminate();
            Assert.Equal(0, await engine.WaitForExitAsync(Cancel));
        }

        // The second execution of each ended it: the result is its attempt.
        Assert.Equal(
            [("crash.nap", "succeeded", "2"), ("crash.tick", "succeeded", "2"), ("crash.tick", "succeeded", "2")],
            stored.Rows("select operation, status, result from job order by operation").Select(row => ((string)row[0], (string)row[1], (string)row[2])));
        Assert.Empty(stored.Rows(
            """
            select e.id from job_event e join job_event s on s.job_id = e.job_id and s.event = 'job.started' and s.fields ->> 'attempt' = 2
             where e.event = 'crash.ticked' and e.fields ->> 'attempt' = 1 and e.id > s.id
            """));
        AssertSound(stored);
    }

    [Fact]
    public async Task A_job_that_kills_three_workers_is_put_aside_and_the_others_are_done()
    {
        string workspace = EngineProcess.NewWorkspace();
        StoredState stored = new(workspace);
        for (int death = 1; death <= 3; death++)
        {
            (int exit, string said) = await EngineProcess.RunAsync(workspace, "poison", Cancel);
            Assert.True(exit == EngineProcess.Killed, $"Worker {death} ended with {exit}.\n{said}");
        }
        (int ended, string words) = await EngineProcess.RunAsync(workspace, "poison", Cancel);
        Assert.True(ended == 0, words);

        Assert.Equal(6, stored.Count("select count(*) from job where operation = 'crash.note' and status = 'succeeded'"));
        Assert.Equal(
            ["failed", "WorkerKilled", 3L, 3L],
            stored.Rows("select status, error_code, deaths, attempt from job where operation = 'crash.poison'").Single());
        Assert.Equal(
            ["pending", "WorkerKilled", 3L],
            stored.Rows("select status, error_code, attempts from dead_letter").Single());
        AssertSound(stored);
    }

    private static void AssertSound(StoredState stored)
    {
        Assert.Equal("ok", stored.Integrity());
        Assert.Equal(0, stored.Count("select count(*) from claim"));
        Assert.Empty(JobHistory.Violations(
            stored.Rows("select job_id, event from job_event order by id").Select(row => ((string)row[0], (string)row[1])),
            stored.Rows("select id, status from job").ToDictionary(row => (string)row[0], row => (string)row[1])));
    }

    /// <summary>Lines that a process wrote into the file beside the store.</summary>
    private static int Lines(string workspace, string file, EngineProcess engine)
    {
        string path = Path.Combine(workspace, "data", $"ticks-{file}");
        return File.Exists(path) ? File.ReadLines(path).Count(line => line.EndsWith($" {engine.Id}", StringComparison.Ordinal)) : 0;
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!holds())
            await Task.Delay(PollInterval, TimeProvider.System, limit.Token);
    }
}

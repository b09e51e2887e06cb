using System.Globalization;
using Penstock.EndToEnd.Processes;
using Penstock.Testing;
using Xunit;

namespace Penstock.EndToEnd;

/// <summary>
/// The engine is killed (SIGKILL, by itself) at each named point of a job's walk, started again, and runs to the end: nothing
/// is lost, nothing ends twice, progress is exact, effects and continuations happened once, and the file is sound.
/// </summary>
/// <remarks>Two points belong to a broker; on SQLite their nearest are the wake-up and the answer to a claim.</remarks>
public sealed class CrashPointTests
{
    private const int Notes = 6;
    private const int Fans = 2;
    private const int FanItems = 12;
    private const int Families = 2;
    private const int Children = 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Killed_before_an_enqueue_is_committed() =>
        FlowAsync("enqueue-commit", 4, stored => Assert.Equal(3, stored.Count("select count(*) from job")));

    [Fact]
    public Task Killed_after_an_enqueue_is_committed() =>
        FlowAsync("enqueue-committed", 4, stored => Assert.Equal(4, stored.Count("select count(*) from job")));

    [Fact]
    public Task Killed_before_the_wake_up_that_stands_for_the_outbox_publish() =>
        FlowAsync("wake-up", 4, stored => Assert.Equal(4, stored.Count("select count(*) from ready")));

    [Fact]
    public Task Killed_before_a_claim_is_committed() =>
        FlowAsync("claim-commit", 1, stored => Assert.Equal((0, 0), (Claims(stored), stored.Count("select count(*) from job where status = 'running'"))));

    [Fact]
    public Task Killed_after_a_claim_is_committed_and_before_the_worker_knows_it_which_stands_for_the_acknowledgement() =>
        FlowAsync("claim-committed", 1, stored => Assert.True(Claims(stored) > 0));

    [Fact]
    public Task Killed_at_the_first_heartbeat() =>
        FlowAsync("heartbeat-commit", 1, stored => Assert.Equal(1, stored.Count("select count(*) from worker where heartbeat_at = started_at")));

    [Fact]
    public Task Killed_before_the_effect_of_an_item_is_committed() =>
        FlowAsync("effect-commit", 5, stored => Assert.Equal(Marks(stored), stored.Count("select count(*) from crash_effect")));

    [Fact]
    public Task Killed_after_the_effect_of_an_item_is_committed() =>
        FlowAsync("effect-committed", 5, stored => Assert.Equal(Marks(stored), stored.Count("select count(*) from crash_effect")));

    [Fact]
    public Task Killed_while_a_completion_is_buffered() => FlowAsync("completion-buffered", 2, stored => Assert.True(Claims(stored) > 0));

    [Fact]
    public Task Killed_before_a_completion_is_committed() => FlowAsync("completion-commit", 2, stored => Assert.True(Claims(stored) > 0));

    [Fact]
    public Task Killed_after_a_completion_is_committed() =>
        FlowAsync("completion-committed", 2, stored => Assert.True(stored.Count("select count(*) from job where finished_at is not null or waiting_for is not null or failures > 0") > 0));

    [Fact]
    public Task Killed_while_the_parent_is_updated() =>
        FlowAsync("parent-update", 3, stored => Assert.True(stored.Count("select count(*) from job where waiting_for is not null") > 0));

    [Fact]
    public Task Killed_while_the_continuation_is_enqueued() =>
        FlowAsync("continuation", 1, stored => Assert.Equal(0, Continuations(stored)));

    [Fact]
    public async Task Killed_in_the_middle_of_pruning()
    {
        string workspace = await CrashAsync("prune", "prune", 1, stored => Assert.Equal(10, stored.Count("select count(*) from job")));
        StoredState stored = new(workspace);
        foreach (string table in (string[])["job", "job_event", "batch", "batch_stage", "batch_ledger", "dead_letter"])
            Assert.Equal((table, 0L), (table, stored.Count($"select count(*) from {table}")));
    }

    [Fact]
    public async Task Killed_while_the_reaper_is_in_the_middle_of_its_jobs()
    {
        string workspace = await CrashAsync(
            "reap", "reaper", 3, stored => Assert.Equal(4, stored.Count("select count(*) from job where status = 'running'")));
        StoredState stored = new(workspace);
        Assert.Equal(4, stored.Count("select count(*) from job where status = 'failed' and error_code = 'JobTimeout'"));
        Assert.Equal(4, stored.Count("select count(*) from dead_letter"));
    }

    private static async Task FlowAsync(string point, int occurrence, Action<StoredState> between)
    {
        StoredState stored = new(await CrashAsync("flow", point, occurrence, between));
        Assert.Equal(0, stored.Count("select count(*) from job where status <> 'succeeded'"));
        Assert.Equal(Notes + 2 + Fans + Fans + Families + (Families * Children), stored.Count("select count(*) from job"));
        Assert.Equal(Fans, Continuations(stored));
        Assert.Equal(
            [(FanItems, FanItems), (FanItems, FanItems), (Children, Children), (Children, Children)],
            stored.Rows("select progress_current, progress_total from job where operation in ('crash.fan', 'crash.family') order by operation desc")
                .Select(row => (Number(row[0]), Number(row[1]))));
        Assert.Equal(Fans * 2 * FanItems, stored.Count("select count(*) from crash_effect"));
        Assert.Equal(Fans * 2 * FanItems, Marks(stored));
        Assert.Equal(Fans * 2 * FanItems, stored.Count("select count(*) from (select distinct parent_job_id, stage, item_index from crash_effect)"));
    }

    /// <summary>Runs until it dies, looks at what it left, runs again to the end, and checks what holds after any crash.</summary>
    /// <returns>The workspace.</returns>
    private static async Task<string> CrashAsync(string workload, string point, int occurrence, Action<StoredState> between)
    {
        string workspace = EngineProcess.NewWorkspace();
        (int died, string words) = await EngineProcess.RunAsync(
            workspace, workload, Cancel, point, occurrence.ToString(CultureInfo.InvariantCulture));
        Assert.True(died == EngineProcess.Killed, $"It was to die at {point} and ended with {died}.\n{words}");
        StoredState stored = new(workspace);
        between(stored);

        (int ended, string said) = await EngineProcess.RunAsync(workspace, workload, Cancel);
        Assert.True(ended == 0, $"After the crash it ended with {ended}.\n{said}");
        Assert.Equal("ok", stored.Integrity());
        foreach (string table in (string[])["claim", "item", "ready", "deferred", "worker"])
            Assert.Equal((table, 0L), (table, stored.Count($"select count(*) from {table}")));
        Assert.Empty(JobHistory.Violations(
            stored.Rows("select job_id, event from job_event order by id").Select(row => ((string)row[0], (string)row[1])),
            stored.Rows("select id, status from job").ToDictionary(row => (string)row[0], row => (string)row[1])));
        return workspace;
    }

    private static long Claims(StoredState stored) => stored.Count("select count(*) from claim");

    private static long Continuations(StoredState stored) => stored.Count("select count(*) from job where payload = $payload", ("$payload", """{"continues":true}"""));

    /// <summary>Items marked done, over all stages.</summary>
    private static long Marks(StoredState stored) => stored.Count("select coalesce(sum(done), 0) from batch_stage");

    private static int Number(object value) => Convert.ToInt32(value, CultureInfo.InvariantCulture);
}

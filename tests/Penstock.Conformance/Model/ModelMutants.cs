using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Model;

/// <summary>Shows that the comparison sees what it is there to see: each of these bugs must be found, in a few sequences.</summary>
public sealed class ModelMutants(ITestOutputHelper output)
{
    private const int SequencesMax = 100;
    private const int CommandsPerSequence = 60;

    /// <summary>Name; a part of the statement that is changed; what is replaced in it; by what.</summary>
    private static readonly Bug[] Bugs =
    [
        new("a completion needs no fence", "set status = 'succeeded'", "and status = 'running' and fence = @fence", "and @fence is not null"),
        new("a failure is not counted", "failures = failures + @failures", "failures = failures + @failures", "failures = failures + 0 * @failures"),
        new("priority is ignored", "insert into ready", "values (@queue_id, @prio,", "values (@queue_id, 0 * @prio,"),
        new("a queue has no limit", "q.max_running", "when q.max_running is null then", "when true then"),
        new("progress counts any stage", "select b.stages, b.total", "and s.stage = b.stages - 1", "order by s.stage limit 1"),
        new("a failed item closes its parent alone", "b.failure_ratio", "(select sum(s.failed)", "(select 1 + sum(s.failed)"),
        new("cancelling leaves the children", "with recursive family", "select c.id from job c join family f on c.parent_job_id = f.id", "select id from family where false"),
        new("deaths charge nobody", "set deaths = @deaths, worker_id", "deaths = @deaths", "deaths = 0 * @deaths"),
        new("the reaper asks for no silence", "j.started_at < @started_before", "(select e.ts from job_event e where e.job_id = j.id order by e.id desc limit 1)", "null"),
        new("retention takes what waits for review", "finished_at < @before", "and not exists (select 1 from dead_letter d where d.job_id = j.id and d.status in ('pending', 'in_review'))", ""),
        new("a release writes no event", "insert into job_event", "values (@job_id, @now, @level, @event, @message, @fields)", "select @job_id, @now, @level, @event, @message, @fields where @event <> 'job.released'"),
        new("a waiting job listens to its old execution", "insert into job_event", "and waiting_for is null", ""),
        new("a redriven job keeps its failures", "failures = 0, deaths = 0", "failures = 0, deaths = 0", "deaths = 0"),
    ];

    public static TheoryData<string> Names => [.. Bugs.Select(b => b.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_bug_in_a_statement_is_found(string name)
    {
        Bug bug = Bugs.Single(b => b.Name == name);
        int hits = 0;
        for (int seed = 1; seed <= SequencesMax; seed++)
        {
            List<Command> commands = new CommandGenerator(seed).Draw(CommandsPerSequence);
            if (await RunAsync(commands) is not { } wrong)
                continue;
            (IReadOnlyList<Command> least, _) = await Shrinker.ShrinkAsync(commands, wrong, RunAsync);
            output.WriteLine($"{name}: found at sequence {seed}, shrunk to {least.Count} commands: {string.Join("; ", least)}");
            Assert.InRange(least.Count, 1, 20);
            return;
        }
        Assert.Fail($"Not found in {SequencesMax} sequences ({hits} statements were changed): {name}");

        async Task<string?> RunAsync(IReadOnlyList<Command> commands)
        {
            await using ModelRun run = await ModelRun.StartAsync(":memory:", database => new RewritingDatabase(database, Change));
            return await run.RunAsync(commands, TestContext.Current.CancellationToken);
        }

        string Change(string sql)
        {
            string changed = sql.Contains(bug.Within, StringComparison.Ordinal) ? sql.Replace(bug.From, bug.To, StringComparison.Ordinal) : sql;
            hits += changed == sql ? 0 : 1;
            return changed;
        }
    }

    private sealed record Bug(string Name, string Within, string From, string To);
}

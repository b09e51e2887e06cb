using Penstock.Engine.Jobs;
using Penstock.Testing;
using Penstock.Tests.Cli;
using Penstock.Tests.Server;
using Xunit;

namespace Penstock.Tests.Api;

/// <summary>docs/reference and the table of docs/state-machine.md say what the program does.</summary>
public sealed class ReferencePageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void The_events_page_is_up_to_date() => Check("events", ReferencePages.Events());

    [Fact]
    public void The_configuration_page_is_up_to_date() => Check("configuration", ReferencePages.Configuration());

    [Fact]
    public void The_command_line_page_is_up_to_date() => Check("cli", ReferencePages.CommandLine(HelpTests.Commands(), 100));

    [Fact]
    public async Task The_metrics_page_is_up_to_date()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        // A job that fails and one that succeeds, so that instruments without a value have one.
        await server.Admin.WaitForJobAsync(await server.EnqueueAsync("test.add", """{"a":2,"b":3}"""), null, Cancel);
        await server.Admin.WaitForJobAsync(await server.EnqueueAsync("test.fail"), null, Cancel);
        Check("metrics", ReferencePages.Metrics((await server.SendAsync(HttpMethod.Get, "/metrics")).Body));
    }

    [Fact]
    public void The_state_machine_page_has_every_transition_and_no_other()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "state-machine.md"));
        const string begin = "<!-- transitions -->\n", end = "<!-- end -->";
        int from = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        string accepted = page[..from] + ReferencePages.StateMachine() + page[page.IndexOf(end, StringComparison.Ordinal)..];
        Assert.Equal(Snapshot.Accepted("docs/state-machine.md", accepted), accepted);
        // The drawing shows each change too.
        Assert.All(
            JobEventCatalog.All.SelectMany(e => e.Moves).Where(m => m.From is not null && m.From != m.To).Distinct(),
            move => Assert.Contains($"{move.From!.Value.ToText()} --> {move.To.ToText()}", page, StringComparison.Ordinal));
    }

    private static void Check(string name, string page) => Assert.Equal(Snapshot.Accepted($"docs/reference/{name}.md", page), page);
}

using Xunit;

namespace Penstock.EndToEnd.Docs;

/// <summary>The commands of the documentation work: every block marked <c>run</c> is run as it is printed.</summary>
public sealed class ConsoleBlockTests
{
    /// <summary>Page and session; blocks of one page with the same name share a session.</summary>
    public static TheoryData<string, string> Sessions =>
    [
        .. DocPage.All.SelectMany(page => page.Blocks
            .Select(block => block.Marker("run")?.Name).OfType<string>().Distinct().Select(name => (page.Path, name))),
    ];

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task The_commands_of_a_page_do_what_it_shows(string page, string session)
    {
        ConsoleSession commands = new([
            .. DocPage.Get(page).Blocks.Where(block => block.Marker("run")?.Name == session || block.Marker("file")?.Name == session),
        ]);
        string[] missing = [.. commands.Missing];
        if (missing.Length > 0 && Environment.GetEnvironmentVariable("CI") is null)
            Assert.Skip($"Not on this machine: {string.Join(", ", missing)}.");
        long began = TimeProvider.System.GetTimestamp();
        string? wrong = await commands.RunAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"{page} {session}: {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s");
        Assert.True(wrong is null, $"{page}, session {session}: {wrong}");
    }

    [Fact]
    public async Task A_command_that_fails_a_wrong_code_and_a_line_that_does_not_come_are_each_noticed()
    {
        Assert.Null(await TryAsync("$ echo one two 3", "one ... 3", "$ false || echo saved", "saved"));
        Assert.Contains("Exit code 1 instead of 0", await TryAsync("$ false"), StringComparison.Ordinal);
        Assert.Contains("Exit code 0 instead of 3", await TryAsync(["$ true"], "exit=3"), StringComparison.Ordinal);
        Assert.Null(await TryAsync(["$ (exit 3)"], "exit=3"));
        Assert.Contains("that did not come: 'two'", await TryAsync("$ printf 'two\\none\\n'", "one", "two"), StringComparison.Ordinal);
        Assert.Contains("Not finished after 1 s", await TryAsync(["$ sleep 60"], "timeout=1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_share_a_folder_variables_and_what_runs_behind_them()
    {
        Assert.Null(await TryAsync("$ mkdir a && cd a", "$ sleep 60 &", "$ NAME=$!", "$ kill -0 $NAME && basename $PWD", "a"));
    }

    private static Task<string?> TryAsync(params string[] lines) => TryAsync(lines, "exit=0");

    private static Task<string?> TryAsync(string[] lines, string setting) =>
        new ConsoleSession([new DocBlock("console", 0, lines, [new DocMarker("run", ["try", setting])])])
            .RunAsync(TestContext.Current.CancellationToken);
}

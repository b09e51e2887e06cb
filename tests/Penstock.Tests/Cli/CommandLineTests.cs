using Penstock.Cli;
using Xunit;

namespace Penstock.Tests.Cli;

/// <summary>Parsing, refusals and exit codes: what holds before any server is asked.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("jbos", "Did you mean jobs?")]
    [InlineData("jobs lits", "Did you mean list?")]
    [InlineData("jobs list --stauts failed", "Did you mean --status?")]
    [InlineData("jobs list --status broken", "broken")]
    [InlineData("jobs", "A command is missing: list, show")]
    [InlineData("jobs show", "JOB")]
    [InlineData("jobs list --limit many", "many")]
    [InlineData("up --set slots", "--set takes KEY=VALUE")]
    [InlineData("jobs enqueue ping no-pair", "name=value")]
    [InlineData("jobs enqueue ping a=1 a=2", "given twice")]
    [InlineData("status --url nowhere", "'nowhere' is no address")]
    public async Task A_wrong_line_exits_64_and_says_what_is_wrong_with_it(string line, string expected)
    {
        using CliUnderTest cli = new();

        CliAnswer answer = await cli.RunAsync(line.Split(' '));

        Assert.Equal(ExitCodes.Usage, answer.Exit);
        Assert.StartsWith("error[usage]: ", answer.Error, StringComparison.Ordinal);
        Assert.Contains(expected, answer.Error, StringComparison.Ordinal);
        Assert.Empty(answer.Out);
    }

    [Fact]
    public async Task Outside_a_workspace_a_command_exits_2_and_says_how_to_make_one()
    {
        using CliUnderTest cli = new(init: false);

        CliAnswer answer = await cli.RunAsync("jobs", "list");

        Assert.Equal(ExitCodes.Refused, answer.Exit);
        Assert.StartsWith("error[workspace-not-found]: ", answer.Error, StringComparison.Ordinal);
        Assert.Contains("penstock init", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_makes_a_workspace_once_and_says_what_comes_next()
    {
        using CliUnderTest cli = new(init: false);

        CliAnswer made = await cli.RunAsync("init", "lab");
        CliAnswer again = await cli.RunAsync("init", "lab", "--json");

        Assert.Equal(ExitCodes.Ok, made.Exit);
        Assert.Contains("next: cd lab && penstock up", made.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(cli.Folder, "lab", "penstock.yaml")));
        Assert.Equal((ExitCodes.Refused, ""), (again.Exit, again.Out));
        Assert.StartsWith("error[workspace-exists]: ", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workspace_is_taken_from_the_option_from_the_variable_or_from_here()
    {
        using CliUnderTest elsewhere = new();
        File.WriteAllText(Path.Combine(elsewhere.Folder, "penstock.yaml"), "worker:\n  slots: 9\n");
        using CliUnderTest cli = new(init: false);

        CliAnswer byOption = await cli.RunAsync("config", "show", "worker.slots", "--json", "--workspace", elsewhere.Folder);
        cli.Variables["PENSTOCK_WORKSPACE"] = elsewhere.Folder;
        CliAnswer byVariable = await cli.RunAsync("config", "show", "worker.slots", "--json");

        Assert.Equal(9, byOption.Json.GetProperty("value").GetInt32());
        Assert.Equal(9, byVariable.Json.GetProperty("value").GetInt32());
    }

    [Fact]
    public async Task Config_show_answers_with_value_unit_origin_and_default()
    {
        using CliUnderTest cli = new();
        cli.Variables["PROTEA_TUNING__WORKER__REAPER_MAIN_TIMEOUT_SECONDS"] = "172800";

        CliAnswer one = await cli.RunAsync("config", "show", "worker.reaper_main_timeout_seconds", "--json");
        CliAnswer section = await cli.RunAsync("config", "show", "--section", "reaper", "--json");
        CliAnswer forPeople = await cli.RunAsync("config", "show", "reaper.main_timeout_seconds");

        Assert.Equal(172_800, one.Json.GetProperty("value").GetInt32());
        Assert.Equal("s", one.Json.GetProperty("unit").GetString());
        Assert.StartsWith("env ", one.Json.GetProperty("origin").GetString(), StringComparison.Ordinal);
        Assert.Equal(172_800, section.Json.GetProperty("main_timeout_seconds").GetProperty("value").GetInt32());
        Assert.Contains("172800 s", forPeople.Out, StringComparison.Ordinal);
        Assert.Contains("21600", forPeople.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_configuration_exits_2_and_lists_every_problem()
    {
        using CliUnderTest cli = new();
        cli.Variables["PENSTOCK_WORKER__SLOT"] = "3";
        cli.Variables["PENSTOCK_LOGS__LEVEL"] = "loud";

        CliAnswer answer = await cli.RunAsync("jobs", "list");

        Assert.Equal(ExitCodes.Refused, answer.Exit);
        Assert.StartsWith("error[config-invalid]: There are 2 problems", answer.Error, StringComparison.Ordinal);
        Assert.Contains("Did you mean worker.slots?", answer.Error, StringComparison.Ordinal);
        Assert.Contains("logs.level is 'loud'", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("health")]
    [InlineData("status")]
    public async Task Asking_a_server_that_does_not_run_exits_3(string command)
    {
        using CliUnderTest cli = new();

        CliAnswer here = await cli.RunAsync(command);
        CliAnswer elsewhere = await cli.RunAsync(command, "--url", "http://127.0.0.1:1");

        Assert.Equal(ExitCodes.ServerNotReachable, here.Exit);
        Assert.Contains("penstock up", here.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.ServerNotReachable, elsewhere.Exit);
        Assert.StartsWith("error[server-unreachable]: ", elsewhere.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_offers_commands_and_every_shell_has_its_script()
    {
        using CliUnderTest cli = new(init: false);

        CliAnswer words = await cli.RunAsync("[suggest:11]", "penstock jo");

        Assert.Contains("jobs", words.Lines);
        foreach (string shell in (string[])["bash", "zsh", "fish"])
            Assert.Contains("[suggest:", (await cli.RunAsync("completion", shell)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_is_told_to_people_and_to_programs()
    {
        using CliUnderTest cli = new(init: false);

        Assert.StartsWith("penstock 0.", (await cli.RunAsync("version")).Out, StringComparison.Ordinal);
        Assert.StartsWith("0.", (await cli.RunAsync("version", "--json")).Json.GetProperty("version").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_trace_is_shown_only_when_asked_for()
    {
        using CliUnderTest cli = new(init: false);

        CliAnswer plain = await cli.RunAsync("jobs", "list");
        CliAnswer debug = await cli.RunAsync("jobs", "list", "--debug");

        Assert.DoesNotContain("   at ", plain.Error, StringComparison.Ordinal);
        Assert.Contains("   at ", debug.Error, StringComparison.Ordinal);
    }
}

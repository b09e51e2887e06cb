using System.Text.Json;
using Penstock.Engine.Exec;
using Penstock.Engine.Jobs;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;
using Xunit;
using static Penstock.Tests.Engine.Exec.ExecUnderTest;

namespace Penstock.Tests.Engine.Exec;

/// <summary>What a program is given, and what its end means for its job.</summary>
public sealed class ExecOutcomeTests
{
    [Fact]
    public async Task A_program_gets_the_payload_on_its_input_and_its_last_result_becomes_the_jobs()
    {
        await using ExecUnderTest exec = await StartAsync(Shell("read -r payload; echo '{\"result\":1}'; printf '{\"result\":%s}\\n' \"$payload\""));
        Job job = await exec.RunAsync(new { a = 1, b = "ä" });
        Assert.Equal(JobStatus.Succeeded, job.Status);
        JsonElement result = JsonDocument.Parse(job.Result!).RootElement;
        Assert.Equal((1, "ä"), (result.GetProperty("a").GetInt32(), result.GetProperty("b").GetString()));
    }

    [Fact]
    public async Task A_program_that_says_no_result_and_never_reads_its_input_succeeds_by_its_exit_code()
    {
        await using ExecUnderTest exec = await StartAsync(Program("true"));
        Job job = await exec.RunAsync(new { text = new string('x', 500_000) });
        Assert.Equal((JobStatus.Succeeded, """{"exit_code":0}"""), (job.Status, job.Result));
    }

    [Fact]
    public async Task Arguments_with_spaces_quotes_newlines_and_shell_words_arrive_as_they_are()
    {
        string[] values = ["a b", "\"'`$(id)`'\"", "two\nlines", "; rm -rf /", "*", "", "-n", "{\"x\":1}", "äöü €", "\\", "${HOME}"];
        await using ExecUnderTest exec = await StartAsync(Program(
            ["sh", "-c", "for value; do printf '%s\\0' \"$value\"; done > seen", "sh", .. Enumerable.Range(0, values.Length).Select(i => $"{{v{i}}}"), "{{literal}}", "--x={v0}"]));

        Job job = await exec.RunAsync(Enumerable.Range(0, values.Length).ToDictionary(i => $"v{i}", i => values[i]));

        Assert.Equal(JobStatus.Succeeded, job.Status);
        string[] seen = (await File.ReadAllTextAsync(Path.Combine(exec.Folder, "seen"), Cancel)).Split('\0')[..^1];
        Assert.Equal([.. values, "{literal}", "--x={v0}"], seen);
    }

    [Fact]
    public async Task Numbers_and_structures_of_the_payload_become_arguments_as_their_json()
    {
        await using ExecUnderTest exec = await StartAsync(Program("sh", "-c", "printf '%s|%s|%s' \"$1\" \"$2\" \"$3\" > seen", "sh", "{n}", "{list}", "{flag}"));
        await exec.RunAsync(new { n = -2.5, list = new[] { 1, 2 }, flag = true });
        Assert.Equal("-2.5|[1,2]|true", await File.ReadAllTextAsync(Path.Combine(exec.Folder, "seen"), Cancel));
    }

    [Theory]
    [InlineData("""{"other":1}""")]
    [InlineData("""{"v":null}""")]
    [InlineData("""{"v":"a\u0000b"}""")]
    public async Task A_payload_that_cannot_fill_the_command_fails_at_once_and_starts_nothing(string payload)
    {
        await using ExecUnderTest exec = await StartAsync(
            Program("touch", "{v}") with { Retry = new RetryPolicy(5, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1)) });
        Job job = await exec.RunAsync(JsonDocument.Parse(payload).RootElement);
        Assert.Equal((JobStatus.Failed, "payload-invalid", 1), (job.Status, job.ErrorCode, job.Attempt));
        Assert.Contains("'v'", job.ErrorMessage, StringComparison.Ordinal);
        Assert.False(Directory.Exists(exec.RunFolder));
    }

    [Fact]
    public async Task A_code_that_is_not_mapped_is_tried_again_up_to_the_limit_with_the_last_words_in_the_error()
    {
        await using ExecUnderTest exec = await StartAsync(
            Shell("echo chatter; echo \"no such catalogue, attempt $PENSTOCK_ATTEMPT\" >&2; exit 3")
            with { Retry = new RetryPolicy(3, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)) });
        Job job = await exec.RunAsync();
        Assert.Equal((JobStatus.Failed, 3, "exec-failed"), (job.Status, job.Attempt, job.ErrorCode));
        Assert.Equal("The program sh ended with code 3. Its last words: no such catalogue, attempt 3", job.ErrorMessage);
    }

    [Fact]
    public async Task A_code_mapped_to_fail_makes_a_dead_letter_at_once()
    {
        await using ExecUnderTest exec = await StartAsync(Shell("exit 65") with
        {
            Retry = new RetryPolicy(5, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)),
            ExitCodes = new Dictionary<int, ExitMeaning> { [65] = ExitMeaning.Fail },
        });
        Job job = await exec.RunAsync();
        Assert.Equal((JobStatus.Failed, 1, "exec-failed"), (job.Status, job.Attempt, job.ErrorCode));
        DeadLetter letter = Assert.Single(await exec.Engine.Reader.DeadLettersAsync(new DeadLetterFilter(Status: "pending"), Cancel));
        Assert.Equal(("exec-failed", job.Id), (letter.ErrorCode, letter.JobId));
    }

    [Fact]
    public async Task A_code_mapped_to_snooze_comes_back_later_and_spends_no_attempt()
    {
        await using ExecUnderTest exec = await StartAsync(
            Shell("[ \"$PENSTOCK_ATTEMPT\" -ge 3 ] || { echo busy >&2; exit 75; }") with { SnoozeDelay = TimeSpan.FromMilliseconds(1) });
        Job job = await exec.RunAsync();
        Assert.Equal((JobStatus.Succeeded, 3, 2), (job.Status, job.Attempt, job.Retries));
        JobEvent snoozed = (await exec.EventsAsync(job.Id)).First(e => e.Name == "job.retry_later");
        Assert.Contains("code 75. Its last words: busy", snoozed.Message + snoozed.Fields, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kill -SEGV $$", "was ended by SIGSEGV (code 139)")]
    [InlineData("kill -KILL $$", "was ended by SIGKILL (code 137)")]
    public async Task A_program_ended_by_a_signal_fails_with_its_name(string script, string words)
    {
        await using ExecUnderTest exec = await StartAsync(Shell(script));
        Job job = await exec.RunAsync();
        Assert.Equal("exec-failed", job.ErrorCode);
        Assert.Contains(words, job.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_sees_only_the_variables_it_was_promised()
    {
        Environment.SetEnvironmentVariable("EXEC_TEST_SECRET", "hunter2");
        Environment.SetEnvironmentVariable("EXEC_TEST_SHARED", "shared");
        await using ExecUnderTest exec = await StartAsync(Program("env") with
        {
            Environment = ["PATH", "EXEC_TEST_SHARED", "EXEC_TEST_ABSENT"],
            SetEnvironment = new Dictionary<string, string> { ["MODEL"] = "a b", ["TZ"] = "UTC" },
        });
        Job job = await exec.RunAsync();
        Dictionary<string, string> seen = (await exec.LinesAsync(job.Id)).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        // PWD and the like are the launcher's shell's own.
        Assert.Equal(
            ["EXEC_TEST_SHARED", "MODEL", "PATH", "PENSTOCK_ATTEMPT", "PENSTOCK_JOB_ID", "PENSTOCK_OPERATION", "PENSTOCK_QUEUE", "PENSTOCK_RUN_ID", "PENSTOCK_WORKER_ID", "TZ"],
            seen.Keys.Except(["PWD", "OLDPWD", "SHLVL", "_"]).Order(StringComparer.Ordinal));
        Assert.Equal(
            ("shared", "a b", $"{job.Id}", "1", Name, "programs"),
            (seen["EXEC_TEST_SHARED"], seen["MODEL"], seen["PENSTOCK_JOB_ID"], seen["PENSTOCK_ATTEMPT"], seen["PENSTOCK_OPERATION"], seen["PENSTOCK_QUEUE"]));
    }

    [Fact]
    public async Task A_program_starts_in_its_working_directory()
    {
        await using ExecUnderTest exec = await StartAsync(Program("pwd") with { WorkingDirectory = "inner" });
        Directory.CreateDirectory(Path.Combine(exec.Folder, "inner"));
        Job job = await exec.RunAsync();
        Assert.Equal([Path.Combine(exec.Folder, "inner")], await exec.LinesAsync(job.Id));
    }

    [Theory]
    [InlineData("no-such-program-anywhere", null)]
    [InlineData("./not-here", null)]
    [InlineData("true", "no-such-folder")]
    public async Task What_is_not_there_fails_at_once_and_says_where_it_was_looked_for(string program, string? folder)
    {
        await using ExecUnderTest exec = await StartAsync(Program(program) with
        {
            WorkingDirectory = folder, Retry = new RetryPolicy(5, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)),
        });
        Job job = await exec.RunAsync();
        Assert.Equal((JobStatus.Failed, "exec-not-found", 1), (job.Status, job.ErrorCode, job.Attempt));
        Assert.Contains(folder ?? Path.GetFileName(program), job.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_wants_more_memory_than_its_limit_is_refused_it()
    {
        ExecDefinition greedy = Program("awk", "BEGIN { text = \"x\"; while (length(text) < 300000000) text = text text; print length(text) }");
        await using (ExecUnderTest free = await StartAsync(greedy))
            Assert.Equal(JobStatus.Succeeded, (await free.RunAsync()).Status);
        await using ExecUnderTest limited = await StartAsync(greedy with { MemoryBytesMax = 64 << 20 });
        Job job = await limited.RunAsync();
        Assert.Equal((JobStatus.Failed, "exec-failed"), (job.Status, job.ErrorCode));
    }

    [Fact]
    public async Task No_mark_of_a_program_outlives_its_attempt()
    {
        await using ExecUnderTest exec = await StartAsync(Shell("exit $1"));
        await exec.RunAsync();
        Assert.Empty(Directory.GetFiles(exec.RunFolder));
    }
}

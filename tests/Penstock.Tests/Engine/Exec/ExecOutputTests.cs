using System.Text.Json;
using Penstock.Engine.Jobs;
using Xunit;
using static Penstock.Tests.Engine.Exec.ExecUnderTest;

namespace Penstock.Tests.Engine.Exec;

/// <summary>What a program writes, in the history of its job.</summary>
public sealed class ExecOutputTests
{
    [Fact]
    public async Task Lines_are_gathered_into_events_of_fifty_in_their_order()
    {
        await using ExecUnderTest exec = await StartAsync(Program("awk", "BEGIN { for (i = 1; i <= 120; i++) print \"line \" i }"));
        Job job = await exec.RunAsync();
        List<JobEvent> events = [.. (await exec.EventsAsync(job.Id)).Where(e => e.Name == "exec.output")];
        Assert.Equal([50, 50, 20], events.Select(e => JsonDocument.Parse(e.Fields).RootElement.GetProperty("lines").GetArrayLength()));
        Assert.Equal(Enumerable.Range(1, 120).Select(i => $"line {i}"), await exec.LinesAsync(job.Id));
    }

    [Fact]
    public async Task A_line_is_in_the_history_a_second_later_though_the_program_runs_on()
    {
        await using ExecUnderTest exec = await StartAsync(Shell("echo early; while [ ! -e go ]; do sleep 0.05; done"));
        Guid jobId = await exec.EnqueueAsync();
        while ((await exec.LinesAsync(jobId)).Count == 0)
            await PauseAsync();
        Assert.Equal(JobStatus.Running, (await exec.Engine.Reader.FindAsync(jobId, Cancel))!.Status);
        await File.WriteAllTextAsync(Path.Combine(exec.Folder, "go"), "", Cancel);
        Assert.Equal(JobStatus.Succeeded, (await exec.Engine.WaitForEndAsync(jobId)).Status);
    }

    [Fact]
    public async Task Progress_lines_set_the_progress_of_the_job()
    {
        await using ExecUnderTest exec = await StartAsync(Shell(
            """echo '{"progress":{"current":1,"total":10}}'; echo '{"progress":{"current":3,"total":10},"message":"third"}'"""));
        Job job = await exec.RunAsync();
        Assert.Equal((3, 10), (job.ProgressCurrent, job.ProgressTotal));
        JobEvent last = (await exec.EventsAsync(job.Id)).Last(e => e.Name == "exec.progress");
        Assert.Equal("third", last.Message);
    }

    [Fact]
    public async Task Event_lines_become_events_of_that_name_after_what_was_written_before_them()
    {
        await using ExecUnderTest exec = await StartAsync(Shell(
            """echo before; echo '{"event":"fold.started","fields":{"model":"b"},"message":"hot","level":"warning"}'; echo after"""));
        Job job = await exec.RunAsync();
        List<JobEvent> events = await exec.EventsAsync(job.Id);
        Assert.Equal(["job.created", "job.started", "exec.output", "fold.started", "exec.output", "job.succeeded"], events.Select(e => e.Name));
        Assert.Equal(("""{"model":"b"}""", "hot", JobEventLevel.Warning), (events[3].Fields, events[3].Message, events[3].Level));
    }

    [Theory]
    [InlineData("""{"event":"job.succeeded"}""")]
    [InlineData("""{"event":"child.failed"}""")]
    [InlineData("""{"event":"exec.output"}""")]
    [InlineData("""{"event":"Bad Name"}""")]
    [InlineData("""{"event":"a","fields":[1]}""")]
    [InlineData("""{"progress":{"current":11,"total":10}}""")]
    [InlineData("""{"progress":{"current":-1}}""")]
    [InlineData("""{"progress":{"current":1.5}}""")]
    [InlineData("""{"progress":7}""")]
    [InlineData("""{"anything":"else"}""")]
    [InlineData("{not json")]
    public async Task A_line_that_is_no_message_is_plain_output(string line)
    {
        await using ExecUnderTest exec = await StartAsync(Program("printf", "%s\n", "{line}"));
        Job job = await exec.RunAsync(new { line });
        Assert.Equal([line], await exec.LinesAsync(job.Id));
        Assert.Null(job.ProgressCurrent);
        Assert.Equal(["job.created", "job.started", "exec.output", "job.succeeded"], (await exec.EventsAsync(job.Id)).Select(e => e.Name));
    }

    [Fact]
    public async Task Output_beyond_the_limit_is_not_kept_and_the_history_says_so_once()
    {
        await using ExecUnderTest exec = await StartAsync(
            Program("awk", "BEGIN { for (i = 1; i <= 2000; i++) print \"123456789\"; print \"{\\\"result\\\":{\\\"done\\\":true}}\" }") with { OutputBytesMax = 1_000 });
        Job job = await exec.RunAsync();
        Assert.Equal((JobStatus.Succeeded, """{"done":true}"""), (job.Status, job.Result));
        Assert.Equal(100, (await exec.LinesAsync(job.Id)).Count);
        JobEvent cut = Assert.Single(await exec.EventsAsync(job.Id), e => e.Name == "exec.output_truncated");
        Assert.Equal("""{"kept_bytes":1000,"limit_bytes":1000}""", cut.Fields);
    }

    [Fact]
    public async Task One_endless_line_costs_no_memory_and_little_history()
    {
        await using ExecUnderTest exec = await StartAsync(Shell("head -c 20000000 /dev/zero | tr '\\0' x; echo; echo end"));
        Job job = await exec.RunAsync();
        List<string> lines = await exec.LinesAsync(job.Id);
        Assert.Equal((4_001, "end"), (lines[0].Length, lines[1]));
    }

    [Fact]
    public async Task A_result_longer_than_a_line_may_be_fails_instead_of_vanishing()
    {
        await using ExecUnderTest exec = await StartAsync(Shell("printf '{\"result\":\"'; head -c 2000000 /dev/zero | tr '\\0' x; echo '\"}'"));
        Job job = await exec.RunAsync();
        Assert.Equal((JobStatus.Failed, "exec-failed"), (job.Status, job.ErrorCode));
        Assert.Contains("longer than 1048576 bytes", job.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_end_of_a_long_error_output_is_in_the_error()
    {
        await using ExecUnderTest exec = await StartAsync(Shell("head -c 3000000 /dev/zero | tr '\\0' x >&2; echo last >&2; exit 1"));
        Job job = await exec.RunAsync();
        Assert.EndsWith("xxxlast", job.ErrorMessage, StringComparison.Ordinal);
        Assert.InRange(job.ErrorMessage!.Length, 3_000, 3_200);
    }
}

using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Engine.Exec;
using Penstock.Engine.Jobs;
using Penstock.Engine.Outcomes;
using Xunit;
using static Penstock.Tests.Engine.Exec.ExecUnderTest;

namespace Penstock.Tests.Engine.Exec;

/// <summary>Programs end when their job must: with their children, and theirs.</summary>
public sealed class ExecStopTests
{
    /// <summary>A program with a child that ignores requests to stop, and a grandchild in a session of its own. All write their numbers.</summary>
    private const string Family = """
        echo $$ >> pids
        sh -c 'trap "" TERM; echo $$ >> pids; while :; do sleep 0.1; done' &
        setsid sh -c 'echo $$ >> pids; sleep 300' &
        wait
        """;

    [Fact]
    public async Task Cancelling_a_job_ends_its_program_and_all_it_started_within_a_second()
    {
        await using ExecUnderTest exec = await StartAsync(Shell(Family));
        Guid jobId = await exec.EnqueueAsync();
        List<int> family = await exec.ProcessesAsync("pids", 3);
        await exec.Engine.Client.CancelAsync(jobId, "enough", Cancel);
        await GoneAsync(family, TimeSpan.FromSeconds(1));
        Assert.Equal(JobStatus.Cancelled, (await exec.Engine.Reader.FindAsync(jobId, Cancel))!.Status);
    }

    [Fact]
    public async Task A_program_that_tidies_up_on_request_is_let_finish_within_its_grace()
    {
        await using ExecUnderTest exec = await StartAsync(
            Shell("trap 'echo tidy > tidied; exit 0' TERM; echo $$ > pids; while :; do sleep 0.05; done") with { StopGrace = TimeSpan.FromSeconds(20) });
        Guid jobId = await exec.EnqueueAsync();
        List<int> program = await exec.ProcessesAsync("pids", 1);
        await exec.Engine.Client.CancelAsync(jobId, null, Cancel);
        await GoneAsync(program, TimeSpan.FromSeconds(5));
        Assert.True(File.Exists(Path.Combine(exec.Folder, "tidied")));
    }

    [Fact]
    public async Task A_timeout_ends_grandchildren_too_and_may_be_tried_again()
    {
        await using ExecUnderTest exec = await StartAsync(Shell(Family) with
        {
            Timeout = TimeSpan.FromMilliseconds(700), Retry = new RetryPolicy(2, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)),
        });
        Guid jobId = await exec.EnqueueAsync();
        Job job = await exec.Engine.WaitForEndAsync(jobId);
        Assert.Equal((JobStatus.Failed, 2, "AttemptTimeout"), (job.Status, job.Attempt, job.ErrorCode));
        await GoneAsync(await exec.ProcessesAsync("pids", 6), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_draining_worker_that_runs_out_of_patience_ends_the_program_and_gives_the_job_back()
    {
        ExecUnderTest exec = await StartAsync(Shell(Family), shutdownGrace: TimeSpan.Zero);
        Guid jobId = await exec.EnqueueAsync();
        List<int> family = await exec.ProcessesAsync("pids", 3);
        await exec.Engine.DrainAsync();
        await GoneAsync(family, TimeSpan.FromSeconds(1));
        Job job = (await exec.Engine.Reader.FindAsync(jobId, Cancel))!;
        Assert.Equal((JobStatus.Queued, 1), (job.Status, job.Attempt));
        await exec.DisposeAsync();
    }

    [Fact]
    public async Task What_a_program_leaves_behind_ends_with_it_and_holds_up_nothing()
    {
        await using ExecUnderTest exec = await StartAsync(Shell("sh -c 'echo $$ > pids; sleep 300' & while [ ! -s pids ]; do sleep 0.01; done"));
        Job job = await exec.RunAsync();
        Assert.Equal(JobStatus.Succeeded, job.Status);
        await GoneAsync(await exec.ProcessesAsync("pids", 1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task The_sweep_ends_the_programs_of_a_process_that_is_gone_and_leaves_others_alone()
    {
        await using ExecUnderTest exec = await StartAsync(Shell(Family), shutdownGrace: TimeSpan.Zero);
        await exec.EnqueueAsync();
        List<int> family = await exec.ProcessesAsync("pids", 3);
        string mark = Assert.Single(Directory.GetFiles(exec.RunFolder));
        RunRecords records = new(new ExecOptions { RunFolder = exec.RunFolder }, NullLogger<RunRecords>.Instance);

        records.Sweep();
        Assert.True(File.Exists(mark) && family.TrueForAll(IsAlive));

        // The same mark under the number of a process that has ended is what a kill -9 of the worker leaves.
        string[] parts = Path.GetFileName(mark).Split('_');
        File.Copy(mark, Path.Combine(exec.RunFolder, $"{parts[0]}_{EndedProcess()}_1_{parts[3]}"));
        records.Sweep();
        await GoneAsync(family, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task The_sweep_of_another_boot_removes_marks_and_signals_nobody()
    {
        await using ExecUnderTest exec = await StartAsync(Shell(Family), shutdownGrace: TimeSpan.Zero);
        await exec.EnqueueAsync();
        List<int> family = await exec.ProcessesAsync("pids", 3);
        string mark = Assert.Single(Directory.GetFiles(exec.RunFolder));
        string other = Path.Combine(exec.RunFolder, "another-boot_" + Path.GetFileName(mark).Split('_', 2)[1]);
        File.Copy(mark, other);
        exec.Engine.Services.GetRequiredService<RunRecords>().Sweep();
        Assert.Equal((false, true), (File.Exists(other), family.TrueForAll(IsAlive)));
    }

    [Fact]
    public async Task The_sweep_ends_the_programs_of_a_worker_that_lost_its_leases_though_its_process_lives()
    {
        await using ExecUnderTest exec = await StartAsync(Shell(Family), shutdownGrace: TimeSpan.Zero);
        Guid jobId = await exec.EnqueueAsync();
        List<int> family = await exec.ProcessesAsync("pids", 3);
        string worker = (await exec.Engine.Reader.FindAsync(jobId, Cancel))!.WorkerId!;
        exec.Engine.Services.GetRequiredService<RunRecords>().Sweep([worker]);
        await GoneAsync(family, TimeSpan.FromSeconds(1));
    }

    private static int EndedProcess()
    {
        using Process process = Process.Start("true");
        process.WaitForExit();
        return process.Id;
    }
}

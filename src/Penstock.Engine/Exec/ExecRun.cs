using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using Penstock.Engine.Operations;

namespace Penstock.Engine.Exec;

/// <summary>One running program: feeds it, listens to it, ends it, and says what its end means.</summary>
internal sealed class ExecRun(
    ExecDefinition exec, JobContext job, Process process, string recordPath, string runId, TimeProvider time, ILogger logger)
{
    private const int LastWordsMax = 3_000;

    /// <summary>The result of a program that told none.</summary>
    private const string PlainResult = """{"exit_code":0}""";

    /// <summary>Pipes of an ended program close at once; this long is waited for one that something unknown keeps open.</summary>
    private static readonly TimeSpan PipesClose = TimeSpan.FromSeconds(2);

    /// <summary>After a request to release at once or in doubt of the lease, the next holder may be near.</summary>
    private static readonly TimeSpan HurriedGrace = TimeSpan.Zero;

    private static readonly TimeSpan GraceSlice = TimeSpan.FromMilliseconds(100);

    private static readonly Dictionary<int, string> SignalNames = new()
    {
        [1] = "SIGHUP", [2] = "SIGINT", [3] = "SIGQUIT", [4] = "SIGILL", [6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE", [9] = "SIGKILL",
        [11] = "SIGSEGV", [13] = "SIGPIPE", [14] = "SIGALRM", [15] = "SIGTERM", [24] = "SIGXCPU", [25] = "SIGXFSZ", [31] = "SIGSYS",
    };

    private readonly ExecOutput _output = new(exec, job);

    /// <returns>JSON of the result.</returns>
    /// <exception cref="ExecFailedException"/>
    /// <exception cref="RetryLaterException">It said so by its exit code.</exception>
    public async Task<string> RunAsync(string payload, CancellationToken cancellationToken)
    {
        // None of them is given the token: a program that is asked to stop may still write, and must not block on it.
        Task exit = process.WaitForExitAsync(CancellationToken.None);
        Task feed = FeedAsync(payload);
        Task<string> lastWords = LastWordsAsync(process.StandardError.BaseStream);
        Task listen = ListenAsync(process.StandardOutput.BaseStream, cancellationToken);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task stopped = Task.Delay(Timeout.InfiniteTimeSpan, time, ended.Token);
        Task first = await Task.WhenAny(exit, stopped, FaultOf(listen));
        bool endedByItself = first == exit;
        if (!endedByItself)
            await StopAsync(exit, listen.IsFaulted || job.StopsAtOnce ? HurriedGrace : exec.StopGrace);
        await exit;
        await ended.CancelAsync();
        bool hadStarted = EndLeftovers(endedByItself);

        string words = await ClosedAsync(lastWords, "");
        await ClosedAsync(feed);
        await ClosedAsync(listen); // Throws what listening threw: the lease may be lost, or the store be gone.
        if (!endedByItself)
            cancellationToken.ThrowIfCancellationRequested();
        return ResultOf(hadStarted, words);
    }

    private string ResultOf(bool hadStarted, string words)
    {
        int code = process.ExitCode;
        if (code == ProgramStart.LauncherFailed && !hadStarted)
            throw new ExecNotStartedException(exec.Name, words.Length > 0 ? words : "its launcher gave up without a word.");
        if (code == 0 && _output.LostResult)
            throw new ExecFailedException($"The program succeeded, but its result is longer than {ExecOutput.LineBytesMax} bytes. Store it as a file and return its name.", mayRetry: false);
        if (code == 0)
            return _output.Result ?? PlainResult;
        string end = code > 128 && SignalNames.TryGetValue(code - 128, out string? signal) ? $"was ended by {signal} (code {code})" : $"ended with code {code}";
        string message = $"The program {exec.Command[0]} {end}.{(words.Length > 0 ? $" Its last words: {words}" : " It wrote nothing to its error output.")}";
        throw exec.ExitCodes.TryGetValue(code, out ExitMeaning meaning) && meaning == ExitMeaning.Snooze
            ? new RetryLaterException(message, exec.SnoozeDelay)
            : new ExecFailedException(message, exec.ExitCodes.GetValueOrDefault(code, ExitMeaning.Retry) != ExitMeaning.Fail);
    }

    private async Task StopAsync(Task exit, TimeSpan grace)
    {
        logger.Stopping(job.JobId, job.Attempt, grace.TotalSeconds);
        if (grace > TimeSpan.Zero)
        {
            Group()?.Signal(ProcessGroup.Terminate);
            long asked = time.GetTimestamp();
            // In slices: the lease may come into doubt while the program tidies up, and then there is no time left for it.
            while (!exit.IsCompleted && !job.StopsAtOnce && grace - time.GetElapsedTime(asked) is { Ticks: > 0 } left)
            {
                using CancellationTokenSource early = new();
                await Task.WhenAny(exit, Task.Delay(left < GraceSlice ? left : GraceSlice, time, early.Token));
                await early.CancelAsync();
            }
        }
        if (Group()?.KillAll() is > 0 and int killed)
            logger.Killed(job.JobId, job.Attempt, killed);
    }

    /// <summary>Ends what the program started and did not wait for: it would hold the pipes, and work on in a job that has ended.</summary>
    /// <returns>False: the launcher did not come to the program.</returns>
    private bool EndLeftovers(bool endedByItself)
    {
        if (RunRecords.Read(recordPath) is not { } group)
            return false;
        if (group.KillAll() is > 0 and int killed && endedByItself)
            logger.Abandoned(job.JobId, job.Attempt, killed);
        return true;
    }

    /// <summary>By its mark, or before it has left one by what the system shows.</summary>
    private ProcessGroup? Group() =>
        RunRecords.Read(recordPath)
        ?? (ProcessEntry.Find(process.Id) is { } first ? new ProcessGroup(process.Id, first.StartTicks, runId) : null);

    private async Task FeedAsync(string payload)
    {
        try
        {
            await process.StandardInput.WriteAsync(payload);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read its input, or not to the end: its right.
        }
    }

    private async Task ListenAsync(Stream stream, CancellationToken cancellationToken)
    {
        LineSource lines = new(stream, ExecOutput.LineBytesMax);
        Task<Line?> next = lines.NextAsync(CancellationToken.None);
        while (true)
        {
            if (!next.IsCompleted && _output.HasPending)
                await DueAsync(next);
            if (!next.IsCompleted && _output.HasPending && !cancellationToken.IsCancellationRequested)
                await _output.FlushAsync(CancellationToken.None);
            if (await next is not { } line)
                break;
            if (!cancellationToken.IsCancellationRequested)
                await _output.TakeAsync(line, CancellationToken.None);
            next = lines.NextAsync(CancellationToken.None);
        }
        if (!cancellationToken.IsCancellationRequested)
            await _output.FlushAsync(CancellationToken.None);
    }

    private async Task DueAsync(Task next)
    {
        TimeSpan due = _output.Due;
        if (due <= TimeSpan.Zero)
            return;
        using CancellationTokenSource arrived = new();
        await Task.WhenAny(next, Task.Delay(due, time, arrived.Token));
        await arrived.CancelAsync();
    }

    /// <summary>The end of what a program wrote to its error output, however much it wrote.</summary>
    private static async Task<string> LastWordsAsync(Stream stream)
    {
        byte[] buffer = new byte[8 << 10];
        byte[] tail = [];
        bool isCut = false;
        while (await stream.ReadAsync(buffer, CancellationToken.None) is > 0 and int read)
        {
            byte[] all = [.. tail, .. buffer.AsSpan(0, read)];
            isCut |= all.Length > LastWordsMax;
            tail = all.Length > LastWordsMax ? all[^LastWordsMax..] : all;
        }
        return (isCut ? "…" : "") + Encoding.UTF8.GetString(tail).Trim();
    }

    /// <summary>Completes when the task fails, and never otherwise.</summary>
    private static Task FaultOf(Task task)
    {
        TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        task.ContinueWith(_ => failed.TrySetResult(), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return failed.Task;
    }

    private async Task<string> ClosedAsync(Task<string> task, string otherwise)
    {
        await ClosedAsync((Task)task);
        return task.IsCompleted ? await task : otherwise;
    }

    private async Task ClosedAsync(Task task)
    {
        using CancellationTokenSource closed = new();
        if (await Task.WhenAny(task, Task.Delay(PipesClose, time, closed.Token)) == task)
            await task;
        await closed.CancelAsync();
    }
}

using System.Threading.Channels;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Client;
using Penstock.Client.Events;
using Penstock.Client.Jobs;
using Penstock.Client.Queues;
using Spectre.Console;

namespace Penstock.Cli.Watching;

/// <summary>Follows a job to its end: bars on a terminal, a line for each event elsewhere.</summary>
internal sealed class JobWatcher(ServerConnection connection, CommandRun run)
{
    /// <summary>Events come in bursts; the job itself is asked for at most this often.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PatienceWithoutWorker = TimeSpan.FromSeconds(3);

    private readonly PenstockClient _client = connection.Client;
    private readonly Terminal _terminal = run.Terminal;

    /// <summary>Whether events are told where there is no moving display. Default true.</summary>
    public bool TellsEvents { get; init; } = true;

    /// <summary>Watches, tells how it ended, and answers with the exit code of that end.</summary>
    /// <param name="title">In front of the bar; null: the operation's name.</param>
    public async Task<int> WatchToExitAsync(Guid jobId, CancellationToken cancellationToken, string? title = null)
    {
        JobDetail job;
        try
        {
            job = await WatchAsync(jobId, title, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _terminal.Note(connection.IsHostedHere
                ? $"Job {jobId} stays in the workspace; it goes on with 'penstock up' or 'penstock jobs watch {jobId}'."
                : $"Job {jobId} goes on without being watched; watch it again with 'penstock jobs watch {jobId}'.");
            throw;
        }
        if (run.Json)
            _terminal.WriteJson(job);
        TellEnd(job);
        return job.Status == "succeeded" ? ExitCodes.Ok : ExitCodes.Failed;
    }

    /// <summary>Returns the job once it has ended.</summary>
    public Task<JobDetail> WatchAsync(Guid jobId, string? title, CancellationToken cancellationToken) =>
        _terminal.IsLive ? WatchLiveAsync(jobId, title, cancellationToken) : WatchLinesAsync(jobId, cancellationToken);

    /// <summary>How a job ended, on stderr.</summary>
    public void TellEnd(JobDetail job)
    {
        string took = job is { StartedAt: { } started, FinishedAt: { } finished } ? $" in {Words.Of(finished - started)}" : "";
        string name = $"{job.Operation} {JobIds.Short(job.Id)}";
        if (job.Status == "succeeded")
        {
            _terminal.Error.MarkupLine($"[green]✓[/] {Markup.Escape(name)} succeeded{took}");
            if (job.Result is { ValueKind: not System.Text.Json.JsonValueKind.Null } result && !run.Json)
                _terminal.Error.MarkupLine($"  [dim]{Markup.Escape(EventLine.Fields(result))}[/]");
            return;
        }
        _terminal.Error.MarkupLine($"[red]✗[/] {Markup.Escape($"{name} {job.Status}{took}")}");
        if (job.ErrorCode is not null)
            _terminal.Error.MarkupLine($"[red]{Markup.Escape($"error[{job.ErrorCode}]")}[/]: {Markup.Escape(job.ErrorMessage ?? "")}");
        if (job.Status == "failed")
            _terminal.Note($"  history: penstock jobs events {JobIds.Short(job.Id)}   again: penstock jobs redrive {JobIds.Short(job.Id)}");
    }

    private async Task<JobDetail> WatchLinesAsync(Guid jobId, CancellationToken cancellationToken)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task hint = HintWithoutWorkerAsync(jobId, _terminal.Note, ended.Token);
        try
        {
            return await _client.WaitForJobAsync(
                jobId, TellsEvents ? entry => _terminal.Error.MarkupLine(EventLine.Markup(entry)) : null, cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await hint;
        }
    }

    private async Task<JobDetail> WatchLiveAsync(Guid jobId, string? title, CancellationToken cancellationToken)
    {
        PaceColumn pace = new();
        Progress progress = _terminal.Error.Progress().AutoClear(true).Columns(
            new SpinnerColumn(Spinner.Known.Dots), new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn { Width = Math.Clamp(run.Environment.Width - 60, 10, 40) }, new CountColumn(), pace);
        return await progress.StartAsync(async display =>
        {
            JobBars bars = new(display, pace, title, run.Time);
            using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Channel<bool> changes = Channel.CreateBounded<bool>(
                new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
            Task refreshing = RefreshAsync(jobId, bars, changes.Reader, ended.Token);
            Task hint = HintWithoutWorkerAsync(jobId, bars.Remark, ended.Token);
            try
            {
                JobDetail job = await _client.WaitForJobAsync(jobId, entry => Seen(entry, changes.Writer), cancellationToken);
                bars.Show(job);
                return job;
            }
            finally
            {
                await ended.CancelAsync();
                await Task.WhenAll(refreshing, hint);
            }
        });
    }

    private void Seen(EventView entry, ChannelWriter<bool> changes)
    {
        changes.TryWrite(true);
        if (entry.Level != "info")
            _terminal.Error.MarkupLine(EventLine.Markup(entry));
    }

    private async Task RefreshAsync(Guid jobId, JobBars bars, ChannelReader<bool> changes, CancellationToken cancellationToken)
    {
        try
        {
            while (await changes.WaitToReadAsync(cancellationToken))
            {
                changes.TryRead(out _);
                bars.Show(await _client.JobAsync(jobId, cancellationToken));
                await Task.Delay(RefreshInterval, run.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The job ended, or the watcher was stopped.
        }
    }

    /// <summary>A job nobody takes looks like a job that hangs: say what is missing.</summary>
    private async Task HintWithoutWorkerAsync(Guid jobId, Action<string> tell, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(PatienceWithoutWorker, run.Time, cancellationToken);
            JobDetail job = await _client.JobAsync(jobId, cancellationToken);
            if (job.Status != "queued")
                return;
            QueueView queue = await _client.QueueAsync(job.QueueName, cancellationToken);
            if (queue.Workers == 0)
                tell($"No worker takes jobs from {job.QueueName}; start one with 'penstock up'.");
            else if (queue.Paused)
                tell($"Queue {job.QueueName} is paused.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The job ended before there was anything to say.
        }
    }
}

using Penstock.Client.Jobs;
using Spectre.Console;

namespace Penstock.Cli.Watching;

/// <summary>The bars of one watched job: one for the job, or one for each stage of its batch.</summary>
internal sealed class JobBars(ProgressContext display, PaceColumn pace, string? title, TimeProvider time)
{
    private readonly Dictionary<int, (ProgressTask Task, RateMeter Meter)> _bars = [];
    private string _remark = "";

    /// <summary>Said beside the bar until the job starts.</summary>
    public void Remark(string text) => _remark = text;

    public void Show(JobDetail job)
    {
        string name = title ?? job.Operation;
        if (job.Stages.Count == 0)
        {
            Set(-1, $"{name} {State(job)}", job.ProgressCurrent ?? 0, job.ProgressTotal);
            return;
        }
        foreach (BatchStageView stage in job.Stages)
        {
            string failed = stage.Failed == 0 ? "" : $" ({stage.Failed} failed)";
            Set(stage.Stage, $"{(title is null ? stage.Operation : $"{name} {stage.Stage + 1}/{job.Stages.Count}")}{failed}", stage.Done, stage.Total);
        }
    }

    private string State(JobDetail job) => job.Status switch
    {
        "running" when job.Attempt > 1 => $"(attempt {job.Attempt})",
        "running" => "",
        "queued" when job.RunAt is { } at && at > time.GetUtcNow() => $"(waits until {at.UtcDateTime:HH:mm:ss}Z)",
        "queued" when _remark.Length > 0 => $"(queued; {_remark})",
        _ => $"({job.Status})",
    };

    private void Set(int key, string text, long done, long? total)
    {
        if (!_bars.TryGetValue(key, out (ProgressTask Task, RateMeter Meter) bar))
        {
            bar = (display.AddTask(Markup.Escape(text)), new RateMeter(time));
            pace.Attach(bar.Task, bar.Meter);
            _bars[key] = bar;
        }
        bar.Meter.Observe(done);
        bar.Task.Description = Markup.Escape(text.TrimEnd());
        // A total of 0 would be 100 %; while it is unknown the bar only moves.
        bar.Task.IsIndeterminate = total is null or 0;
        bar.Task.MaxValue = total is > 0 ? total.Value : Math.Max(done, 1) + 1;
        bar.Task.Value = done;
    }
}

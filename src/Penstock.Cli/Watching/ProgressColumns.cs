using System.Collections.Concurrent;
using Penstock.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Penstock.Cli.Watching;

/// <summary>1,234/5,000, or only what is done while the total is unknown.</summary>
internal sealed class CountColumn : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(task.IsIndeterminate
            ? task.Value > 0 ? Words.Count((long)task.Value) : ""
            : $"{Words.Count((long)task.Value)}/{Words.Count((long)task.MaxValue)}").RightJustified();
}

/// <summary>Speed and time left, from a task's <see cref="RateMeter"/>.</summary>
internal sealed class PaceColumn : ProgressColumn
{
    // Written by the watcher, read by the thread that draws.
    private readonly ConcurrentDictionary<int, RateMeter> _meters = [];

    protected override bool NoWrap => true;

    public void Attach(ProgressTask task, RateMeter meter) => _meters[task.Id] = meter;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        RateMeter? meter = _meters.GetValueOrDefault(task.Id);
        if (meter?.PerSecond is not { } rate || task.IsFinished)
            return Text.Empty;
        string speed = rate >= 10 ? $"{Words.Count((long)rate)}/s" : rate >= 0.1 ? $"{rate:0.0}/s" : $"{rate * 60:0.0}/min";
        string left = !task.IsIndeterminate && meter.Remaining((long)task.MaxValue) is { } remaining ? $" ETA {Words.Of(TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(remaining.TotalSeconds))))}" : "";
        return new Markup($"[dim]{speed}{left}[/]");
    }
}

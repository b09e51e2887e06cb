using System.Globalization;

namespace Penstock.Conformance.Model;

/// <summary>One thing done to the store. Jobs are named by label, so that a command means the same when others are left out.</summary>
internal abstract record Command
{
    /// <summary>A job with this label; a second one with the same key is not made.</summary>
    public sealed record Enqueue(
        int Label, string Operation, int Priority = 0, int DelaySeconds = 0, string? Key = null, int? Parent = null, string? Unique = null) : Command
    {
        /// <summary>Jobs that have to end first, and what becomes of this one if they end badly: cancel, run or hold.</summary>
        public IReadOnlyList<int> DependsOn { get; init; } = [];
        public string OnFailure { get; init; } = "cancel";

        public override string ToString() =>
            $"Enqueue({Label} {Operation} priority {Priority} delay {DelaySeconds} key {Key} parent {Parent} unique {Unique} depends [{string.Join(' ', DependsOn)}] or {OnFailure})";
    }

    /// <summary>In a transaction of the caller's that is undone.</summary>
    public sealed record EnqueueUndone(int Label, string Operation) : Command;

    /// <param name="Queue">Null: all there is in all queues, whatever the limit.</param>
    public sealed record Claim(string Worker, string? Queue, int Limit) : Command;

    /// <summary>How the execution ended that began as this attempt; it may have lost its lease long ago.</summary>
    public sealed record Finish(Unit Unit, int Attempt, Ending Ending) : Command;

    /// <summary>A running job tells of its progress.</summary>
    public sealed record Tell(Unit Unit, int Attempt, int Current, int Total) : Command;
    public sealed record GiveBack(Unit Unit, int Attempt) : Command;
    public sealed record Cancel(int Label) : Command;
    public sealed record Delete(int Label) : Command;

    /// <param name="Number">Which of the letters about this unit, from 0.</param>
    public sealed record Redrive(int Label, int? Stage, int? Index, int Number) : Command;
    public sealed record Requeue(int Label) : Command;
    public sealed record Unblock(int Label) : Command;
    public sealed record Pause(string Queue, bool Paused) : Command;
    public sealed record Register(string Worker) : Command;
    public sealed record Beat(string Worker) : Command;
    public sealed record Retire(string Worker) : Command;

    /// <param name="KnownDead">A worker whose process is seen to be gone.</param>
    public sealed record Recover(string? KnownDead) : Command;
    public sealed record Reap : Command;
    public sealed record Prune(int Days) : Command;
    public sealed record Advance(int Seconds) : Command;
}

/// <summary>How an execution ends.</summary>
internal abstract record Ending
{
    public sealed record Succeed(int? Continuation = null) : Ending;
    public sealed record Retry(int Seconds) : Ending;
    public sealed record Fail : Ending;
    public sealed record Snooze(int Seconds) : Ending;
    public sealed record Release : Ending;
    public sealed record Dispatch(int Items, int Stages, double FailureRatio, int? Continuation) : Ending;
    public sealed record AwaitChildren : Ending;
    public sealed record Sleep(int Seconds) : Ending;

    /// <summary>Of an item: its effect throws after its first write.</summary>
    public sealed record EffectThrows : Ending;
}

/// <summary>A job, or an item of its batch.</summary>
/// <param name="Sent">How often this item was sent before: a redriven one is another unit.</param>
internal readonly record struct Unit(int Job, int? Stage = null, int? Index = null, int Sent = 0)
{
    public bool IsItem => Stage is not null;

    public override string ToString() => IsItem
        ? string.Create(CultureInfo.InvariantCulture, $"new({Job}, {Stage}, {Index}, {Sent})")
        : string.Create(CultureInfo.InvariantCulture, $"new({Job})");
}

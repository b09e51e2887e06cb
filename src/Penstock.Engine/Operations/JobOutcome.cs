using Penstock.Engine.Enqueueing;

namespace Penstock.Engine.Operations;

/// <summary>How one execution of an operation ended, when it did not throw.</summary>
public abstract record JobOutcome
{
    private JobOutcome() { }

    public sealed record Succeeded(string Result, NewJob? Continuation = null) : JobOutcome;

    /// <summary>The job stays running until its items are done.</summary>
    public sealed record Dispatched(
        string Result, IReadOnlyList<string> Stages, IReadOnlyList<string> Items, NewJob? Continuation, double FailureRatio) : JobOutcome;

    /// <summary>The job stays running until its child jobs have ended.</summary>
    public sealed record AwaitsChildren(string Result) : JobOutcome;
}

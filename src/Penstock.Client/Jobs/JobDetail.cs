using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Penstock.Client.Jobs;

/// <summary>A job with everything it carries.</summary>
public sealed record JobDetail : JobView
{
    public JobDetail()
    {
    }

    [SetsRequiredMembers]
    public JobDetail(JobView job, JsonElement payload, JsonElement? meta, JsonElement? result, IReadOnlyList<BatchStageView> stages)
        : base(job) =>
        (Payload, Meta, Result, Stages) = (payload, meta, result, stages);

    /// <summary>As enqueued.</summary>
    public required JsonElement Payload { get; init; }

    /// <summary>The caller's own notes.</summary>
    public required JsonElement? Meta { get; init; }

    /// <summary>It has ended, and its queue lets an operator run it again.</summary>
    public bool Requeueable { get; init; }

    /// <summary>What the operation returned; null until it succeeded.</summary>
    public required JsonElement? Result { get; init; }

    /// <summary>Stages of the batch a coordinator dispatched; empty for other jobs.</summary>
    public required IReadOnlyList<BatchStageView> Stages { get; init; }

    /// <summary>Held while the job is queued or running; null: none.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>What its steps left, oldest first; the first 200.</summary>
    public IReadOnlyList<StepView> Steps { get; init; } = [];

    /// <summary>Jobs it waits for, or waited for.</summary>
    public IReadOnlyList<DependencyView> DependsOn { get; init; } = [];

    /// <summary>Jobs that wait for it, or waited; the first 200.</summary>
    public IReadOnlyList<DependencyView> Dependents { get; init; } = [];

    /// <summary>Signals it waits for.</summary>
    public IReadOnlyList<SignalWaitView> AwaitedSignals { get; init; } = [];

    /// <summary>Units of each resource it holds while it runs; <c>key:QUEUE:KEY</c> stands for its concurrency key.</summary>
    public IReadOnlyDictionary<string, int> Resources { get; init; } = new Dictionary<string, int>();
}

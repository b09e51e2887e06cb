using Penstock.Engine.Jobs;

namespace Penstock.Conformance.Model;

/// <summary>What can be claimed: a job or an item.</summary>
internal abstract class ModelUnit
{
    public required Unit Unit { get; init; }
    public required string Queue { get; init; }

    /// <summary>Place in the order of enqueueing.</summary>
    public long Order { get; init; }
    public int Priority { get; init; }
    public DateTimeOffset? RunAt { get; set; }
    public int Attempt { get; set; }
    public int Failures { get; set; }
    public int Retries { get; set; }
    public int Deaths { get; set; }

    /// <summary>Who holds it; null: nobody.</summary>
    public string? Holder { get; set; }

    /// <summary>As the store gave it: the model knows only that it grows.</summary>
    public long Fence { get; set; }
}

internal sealed class ModelItem : ModelUnit;

internal sealed class ModelJob : ModelUnit
{
    public required Guid Id { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public int? Parent { get; init; }
    public string? Key { get; init; }
    public string? Unique { get; init; }

    /// <summary>Jobs it still waits for, in order of their age, each with what their failure means: cancel, run or hold.</summary>
    public SortedDictionary<int, string> WaitsFor { get; } = [];
    public JobStatus Status { get; set; } = JobStatus.Queued;
    public string? WaitingFor { get; set; }
    public string? ErrorCode { get; set; }
    public long? Current { get; set; }
    public long? Total { get; set; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
    public DateTimeOffset LastEventAt { get; set; }
    public List<string> Events { get; } = [];
    public ModelBatch? Batch { get; set; }

    /// <summary>Sends of each item so far, over all plans of this job.</summary>
    public Dictionary<(int Stage, int Index), int> Sent { get; } = [];
    public bool IsOpen => Status is JobStatus.Queued or JobStatus.Running;
}

/// <summary>A plan and what became of it: sets of items instead of bits and counts.</summary>
internal sealed class ModelBatch(int total, int stages, double failureRatio, ContinuationDraft? continuation)
{
    public int Total { get; } = total;
    public int Stages { get; } = stages;
    public double FailureRatio { get; } = failureRatio;
    public ContinuationDraft? Continuation { get; } = continuation;
    public HashSet<(int Stage, int Index)> Done { get; } = [];
    public HashSet<(int Stage, int Index)> Failed { get; } = [];
    public int DoneInLastStage => Done.Count(d => d.Stage == Stages - 1);
    public bool HasEnded => DoneInLastStage + Failed.Count >= Total;
}

/// <summary>A job that will be made when another one closes; its id is fixed when it is planned.</summary>
internal sealed record ContinuationDraft(int Label, Guid Id);

internal sealed class ModelLetter
{
    public required int Job { get; init; }
    public int? Stage { get; init; }
    public int? Index { get; init; }
    public required string ErrorCode { get; init; }
    public required int Attempts { get; init; }
    public bool IsPending { get; set; } = true;
}

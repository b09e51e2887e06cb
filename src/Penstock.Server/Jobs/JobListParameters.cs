using Microsoft.AspNetCore.Mvc;
using Penstock.Engine;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.Ops;

namespace Penstock.Server.Jobs;

/// <summary>The query of <c>GET /jobs</c>.</summary>
internal sealed class JobListParameters
{
    private const int RowsUsual = 50;
    private const int RowsMax = 500;

    /// <summary>Only jobs in this state: queued, running, succeeded, failed or cancelled.</summary>
    [FromQuery(Name = "status")]
    public string? Status { get; init; }

    [FromQuery(Name = "operation")]
    public string? Operation { get; init; }

    [FromQuery(Name = "queue_name")]
    public string? QueueName { get; init; }

    /// <summary>Only the children of this job.</summary>
    [FromQuery(Name = "parent_job_id")]
    public Guid? ParentJobId { get; init; }

    /// <summary>Also jobs that have a parent; default false.</summary>
    [FromQuery(Name = "include_children")]
    public bool? IncludeChildren { get; init; }

    /// <summary>1 to 500; default 50.</summary>
    [FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    /// <summary>Rows to skip; default 0.</summary>
    [FromQuery(Name = "offset")]
    public int? Offset { get; init; }

    /// <summary>Only jobs enqueued before this one: the last id of the page before.</summary>
    [FromQuery(Name = "before")]
    public Guid? Before { get; init; }

    /// <exception cref="UnknownStatusException"/>
    /// <exception cref="ParameterOutOfRangeException"/>
    public JobFilter ToFilter()
    {
        JobStatus? status = null;
        if (Status is not null)
            status = JobStatusText.TryParse(Status, out JobStatus known) ? known : throw new UnknownStatusException(Status);
        return new JobFilter(
            status, Operation, QueueName, ParentJobId, TopLevelOnly: ParentJobId is null && IncludeChildren is not true,
            Before, PageSize.Checked(Limit, RowsUsual, RowsMax), PageSize.CheckedOffset(Offset));
    }
}

public sealed class UnknownStatusException(string status) : PenstockException(
    "status-unknown", $"'{status}' is not a job status. Statuses: {string.Join(", ", JobStatusText.All)}.")
{
    public override ErrorKind Kind => ErrorKind.Malformed;
}

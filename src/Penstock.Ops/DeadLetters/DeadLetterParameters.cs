using Microsoft.AspNetCore.Mvc;
using Penstock.Engine.Storage;

namespace Penstock.Ops.DeadLetters;

/// <summary>The query of <c>GET /dead-letters</c> and its count.</summary>
internal sealed class DeadLetterParameters
{
    private const int RowsUsual = 50;
    private const int RowsMax = 500;

    /// <summary>pending, in_review, redriven, archived, or open for those nobody has decided; absent: all.</summary>
    [FromQuery(Name = "status")]
    public string? Status { get; init; }

    [FromQuery(Name = "queue_name")]
    public string? QueueName { get; init; }

    [FromQuery(Name = "operation")]
    public string? Operation { get; init; }

    [FromQuery(Name = "assignee")]
    public string? Assignee { get; init; }

    /// <summary>true: only those that killed their workers; false: only the others.</summary>
    [FromQuery(Name = "quarantined")]
    public bool? Quarantined { get; init; }

    [FromQuery(Name = "error_code")]
    public string? ErrorCode { get; init; }

    [FromQuery(Name = "job_id")]
    public Guid? JobId { get; init; }

    /// <summary>1 to 500; default 50.</summary>
    [FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    /// <summary>Rows to skip; default 0.</summary>
    [FromQuery(Name = "offset")]
    public int? Offset { get; init; }

    /// <exception cref="UnknownDeadLetterStatusException"/>
    /// <exception cref="ParameterOutOfRangeException"/>
    public DeadLetterFilter ToFilter() =>
        Status is null or "pending" or "in_review" or "redriven" or "archived" or "open"
            ? new DeadLetterFilter(Status, QueueName, ErrorCode, JobId, PageSize.Checked(Limit, RowsUsual, RowsMax), PageSize.CheckedOffset(Offset))
            {
                Operation = Operation,
                Assignee = Assignee,
                IsQuarantined = Quarantined,
            }
            : throw new UnknownDeadLetterStatusException(Status);
}

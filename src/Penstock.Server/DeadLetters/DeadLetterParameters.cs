using Microsoft.AspNetCore.Mvc;
using Penstock.Engine;
using Penstock.Engine.Storage;
using Penstock.Ops;

namespace Penstock.Server.DeadLetters;

/// <summary>The query of <c>GET /dead-letters</c> and its count.</summary>
internal sealed class DeadLetterParameters
{
    private const int RowsUsual = 50;
    private const int RowsMax = 500;

    /// <summary>pending or redriven; absent: both.</summary>
    [FromQuery(Name = "status")]
    public string? Status { get; init; }

    [FromQuery(Name = "queue_name")]
    public string? QueueName { get; init; }

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
        Status is null or "pending" or "redriven"
            ? new DeadLetterFilter(Status, QueueName, ErrorCode, JobId, PageSize.Checked(Limit, RowsUsual, RowsMax), PageSize.CheckedOffset(Offset))
            : throw new UnknownDeadLetterStatusException(Status);
}

public sealed class UnknownDeadLetterStatusException(string status) : PenstockException(
    "dead-letter-status-unknown", $"'{status}' is not a dead letter's status. Statuses: pending, redriven.")
{
    public override ErrorKind Kind => ErrorKind.Malformed;
}

using Penstock.Engine;

namespace Penstock.Ops.DeadLetters;

public sealed class UnknownDeadLetterStatusException(string status) : PenstockException(
    "dead-letter-status-unknown",
    $"'{status}' is not a dead letter's status. Statuses: pending, in_review, redriven, archived, and open for the first two.")
{
    public override ErrorKind Kind => ErrorKind.Malformed;
}

public sealed class InvalidReviewException(string message) : PenstockException("review-invalid", message);

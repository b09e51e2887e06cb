namespace Penstock.Engine.Outcomes;

/// <summary>The job went to another claim, was cancelled or ended, after this lease was granted.</summary>
public sealed class LeaseLostException(string unit, int attempt, string workerId, DateTimeOffset claimedAt) : PenstockException(
    "lease-lost",
    $"Attempt {attempt} of {unit} no longer holds its lease (worker {workerId}, claimed {claimedAt:O}). " +
    "It was cancelled, or its worker was taken for dead. This execution wrote nothing more.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

using Penstock.Engine;

namespace Penstock.Server.Jobs;

public sealed class NothingToRedriveException(Guid jobId) : PenstockException(
    "nothing-to-redrive", $"Job {jobId} has no pending dead letter: it did not fail for good, or was sent again already.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

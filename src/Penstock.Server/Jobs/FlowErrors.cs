using Penstock.Engine;

namespace Penstock.Server.Jobs;

public sealed class SignalNotFoundException(string name) : PenstockException(
    "signal-not-found", $"Signal '{name}' was not sent, or so long ago that it was removed.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}

public sealed class StepNotFoundException(Guid jobId, string name) : PenstockException(
    "step-not-found", $"Job {jobId} has no step '{name}' so far. The job's own view lists its steps.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}

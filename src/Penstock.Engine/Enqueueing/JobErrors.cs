namespace Penstock.Engine.Enqueueing;

public sealed class UnknownOperationException(string operation, IEnumerable<string> known) : PenstockException(
    "operation-unknown", $"There is no operation '{operation}'. Known operations: {string.Join(", ", known)}.");

public sealed class UnknownQueueException(string queue, IEnumerable<string> known) : PenstockException(
    "queue-unknown", $"There is no queue '{queue}'. Known queues: {string.Join(", ", known)}. Declare others under queues in penstock.yaml.");

public sealed class InvalidJobException(string message) : PenstockException("job-invalid", message);

public sealed class InvalidPayloadException(string operation, string reason) : PenstockException(
    "payload-invalid", $"The payload does not fit operation {operation}: {reason}");

public sealed class JobNotFoundException(Guid jobId) : PenstockException(
    "job-not-found", $"There is no job {jobId}. It may be past its retention; list jobs to find others.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}

public sealed class JobRunningException(Guid jobId) : PenstockException(
    "job-running", $"Job {jobId} is running. Cancel it first, then delete it.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

public sealed class DeadLetterNotFoundException(Guid deadLetterId) : PenstockException(
    "dead-letter-not-found", $"There is no dead letter {deadLetterId}.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}

public sealed class DeadLetterSettledException(Guid deadLetterId, string status) : PenstockException(
    "dead-letter-settled", $"Dead letter {deadLetterId} is {status} already; only pending ones can be sent again.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

public sealed class QueueNotFoundException(string queue) : PenstockException(
    "queue-not-found", $"There is no queue '{queue}'. List queues to see their names.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}

public sealed class JobNotQueuedException(Guid jobId, string status) : PenstockException(
    "job-not-queued", $"Job {jobId} is {status}; only a queued job has a place in its queue that could be changed.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

public sealed class UnknownResourceException(string resource, IEnumerable<string> known) : PenstockException(
    "resource-unknown",
    $"There is no resource '{resource}'. Known resources: {string.Join(", ", known.DefaultIfEmpty("none"))}. Declare others under resources in penstock.yaml.");

public sealed class ResourceTooSmallException(string resource, int needed, int capacity) : PenstockException(
    "resource-too-small",
    $"{needed} units of resource '{resource}' are needed at once and it has {capacity}: this could never start. Ask for less, or raise its capacity.");

public sealed class InvalidLimitException(string what, string problem) : PenstockException(
    "limit-invalid", $"A limit of {what} cannot hold: {problem}.");

public sealed class WorkerNotFoundException(string workerId) : PenstockException(
    "worker-not-found", $"There is no worker '{workerId}'. It may have stopped; list workers to see those that live.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}

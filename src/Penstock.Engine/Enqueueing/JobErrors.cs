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

public sealed class JobNotFinishedException(Guid jobId, string status) : PenstockException(
    "job-not-finished", $"Job {jobId} is {status}. Only a job that has ended can be requeued.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

public sealed class JobFinishedImmutableException(Guid jobId, string status, string queue) : PenstockException(
    "job-finished-immutable",
    $"Job {jobId} {status}, and queue {queue} keeps finished jobs as they are. " +
    $"Enqueue a new job, or set finished: requeueable for {queue} under queues in penstock.yaml.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

public sealed class DependencyNotFoundException(Guid jobId) : PenstockException(
    "dependency-not-found",
    $"There is no job {jobId} to depend on. Enqueue it first, or earlier in the same request; it may also be past its retention.");

public sealed class JobNotBlockedException(Guid jobId) : PenstockException(
    "job-not-blocked", $"Job {jobId} waits for no dependency, so there is nothing to unblock. Look at what it waits for, if anything.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

public sealed class UniqueKeyTakenException(string key, Guid? holder) : PenstockException(
    "unique-key-taken",
    $"The unique key '{key}' is held by job {holder}, which is queued or running. Wait for its end or cancel it, then try again.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

public sealed class DeadLetterNotFoundException(Guid deadLetterId) : PenstockException(
    "dead-letter-not-found", $"There is no dead letter {deadLetterId}.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}

public sealed class DeadLetterSettledException(Guid deadLetterId, string status) : PenstockException(
    "dead-letter-settled", $"Dead letter {deadLetterId} is {status} already; only those that nobody has decided can be changed or sent again.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

public sealed class DeadLetterObsoleteException(Guid jobId, string status) : PenstockException(
    "dead-letter-obsolete",
    $"The dead letter belongs to job {jobId}, which is {status} now, so there is nothing to send again. Archive the letter.")
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

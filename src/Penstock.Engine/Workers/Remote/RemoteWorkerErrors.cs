using Penstock.Engine.Storage;

namespace Penstock.Engine.Workers.Remote;

public sealed class WorkerUnknownException(string workerId) : PenstockException(
    "worker-unknown",
    $"No remote worker {workerId} is on the list: it ended, or was taken for dead because its heartbeat was older than the lease. " +
    "Stop its work and register anew.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>The unit was cancelled, ended, or went to another worker.</summary>
public sealed class UnitNotHeldException(string workerId, UnitKey unit) : PenstockException(
    "lease-lost",
    $"Worker {workerId} does not hold {unit}: the unit ended before, was cancelled, or went to another worker. Stop its work; nothing was written.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

/// <summary>Items of a batch have neither events nor steps of their own.</summary>
public sealed class ItemHasNoHistoryException(UnitKey unit) : PenstockException(
    "item-without-history", $"{unit} is an item of a batch: only jobs have a history, progress and steps of their own. Finish it without.");

public sealed class QueueNotExternalException(string? queue) : PenstockException(
    "queue-not-external",
    (queue is null
        ? "No queue of this workspace holds jobs for remote workers."
        : $"Queue '{queue}' holds jobs that workers of the program itself run.") +
    " Declare an operation of kind external under operations: in penstock.yaml, with a queue of its own.");

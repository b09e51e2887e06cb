namespace Penstock.Engine.Operations;

public sealed class OperationDeclaredTwiceException(string operation) : PenstockException(
    "operation-declared-twice", $"Operation '{operation}' is declared twice. Give one of them another name, in penstock.yaml or in the program.");

public sealed class QueueMixedException(string queue, string external, string inside) : PenstockException(
    "queue-mixed",
    $"Queue '{queue}' is the queue of the external operation '{external}' and of '{inside}', which runs in this program. " +
    "Remote workers and this program would take each other's jobs: give one of them a queue of its own.");

public sealed class QueueExternalException(string queue) : PenstockException(
    "queue-external", $"Queue '{queue}' holds jobs of external operations, which this program cannot run. Take it out of worker.queues.");

public sealed class OperationExternalException(string operation) : PenstockException(
    "operation-external",
    $"Operation '{operation}' is external: remote workers run it, and this program was given one of its jobs from a queue of its own. " +
    "Enqueue it again; new jobs go to the operation's queue.");

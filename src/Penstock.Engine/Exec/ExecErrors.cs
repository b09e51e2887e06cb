namespace Penstock.Engine.Exec;

public sealed class ExecInvalidException(string operation, IReadOnlyList<string> problems) : PenstockException(
    "exec-invalid", $"The exec operation '{operation}' cannot be registered:{string.Concat(problems.Select(problem => $"\n  {problem}"))}");

/// <summary>The program ended with a code that means failure, or a signal ended it.</summary>
public sealed class ExecFailedException(string message, bool mayRetry) : PenstockException("exec-failed", message)
{
    public override bool MayRetry { get; } = mayRetry;
}

public sealed class ExecNotFoundException(string operation, string message) : PenstockException(
    "exec-not-found", $"Operation '{operation}' cannot run: {message}");

/// <summary>What launches programs did not come to start this one; the next attempt may.</summary>
public sealed class ExecNotStartedException(string operation, string reason, Exception? inner = null) : PenstockException(
    "exec-not-started", $"The program of operation '{operation}' was not started: {reason}", inner)
{
    public override bool MayRetry => true;
}

public sealed class ExecUnavailableException(string reason) : PenstockException(
    "exec-unavailable", $"This machine cannot run exec operations: {reason} Run their queues on a worker that can, and leave them out of worker.queues here.")
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
}

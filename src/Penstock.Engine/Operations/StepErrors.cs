using Penstock.Engine.Storage;

namespace Penstock.Engine.Operations;

public sealed class InvalidStepException(string message) : PenstockException("step-invalid", message);

/// <summary>The code of an operation asks for something else than an earlier execution stored.</summary>
public sealed class StepChangedException(string step, string reason) : PenstockException(
    "step-changed",
    $"Step '{step}' {reason}. The operation's code was changed while this job was under way; give the changed step a new name.");

public sealed class StepOutputTooLargeException(string step, int length) : PenstockException(
    "step-output-too-large",
    $"Step '{step}' returned {length:N0} characters of JSON; the limit is {StepDraft.OutputMax:N0}. Store large results as an artifact and return its name.");

public sealed class SignalTimeoutException(string signal) : PenstockException(
    "signal-timeout", $"Signal '{signal}' did not come in time. Send it, then redrive the job, which will wait for it anew.")
{
    public string Signal { get; } = signal;
}

public sealed class InvalidSignalException(string message) : PenstockException("signal-invalid", message);

/// <summary>An awaited child failed for good.</summary>
public sealed class ChildFailedException(Guid childId, string? childErrorCode, string? childErrorMessage) : PenstockException(
    "child-failed",
    $"Child job {childId} failed with {childErrorCode}: {childErrorMessage} Redrive it, and after its end this job.")
{
    public Guid ChildId { get; } = childId;
    public string? ChildErrorCode { get; } = childErrorCode;
}

/// <summary>An awaited child was cancelled or deleted.</summary>
public sealed class ChildCancelledException(Guid childId) : PenstockException(
    "child-cancelled", $"Child job {childId} was cancelled or deleted, so its result will never come.")
{
    public Guid ChildId { get; } = childId;
}

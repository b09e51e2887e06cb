namespace Penstock.Engine.Storage;

/// <summary>Why an execution leaves its slot before its job is done.</summary>
/// <param name="Step">The step that waits.</param>
public abstract record Suspension(string Step)
{
    /// <summary>Until an instant, which is stored with it.</summary>
    public sealed record Sleep(string Step, DateTimeOffset WakeAt) : Suspension(Step);

    /// <summary>Until a signal comes or its deadline passes; both are noted in the store already.</summary>
    public sealed record Signal(string Step) : Suspension(Step);

    /// <summary>Until the children of the step have ended.</summary>
    public sealed record Children(string Step) : Suspension(Step);
}

namespace Penstock.Simulation.Faults;

/// <summary>What a caller sees of an injected fault: no type the engine knows, as from any driver.</summary>
internal sealed class InjectedFaultException(FaultKind kind) : IOException($"injected: {kind}")
{
    public FaultKind FaultKind { get; } = kind;
}

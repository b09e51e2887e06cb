namespace Penstock.Simulation.Invariants;

/// <param name="Invariant">Its number in the engine's list, such as <c>I4</c>; <c>X</c> for the simulation's own rules.</param>
internal sealed record Violation(string Invariant, string What);

namespace Penstock.Simulation.Mutants;

/// <summary>At least one bug for each invariant the simulation watches.</summary>
internal static class MutantList
{
    public static readonly IReadOnlyList<Mutant> All =
    [
        new("acknowledge-before-commit", "I1", "I2", "I3", "I8") { AcknowledgesBeforeCommit = true },
    ];
}

namespace Penstock.Proteins.Evaluation;

/// <summary>Which predicted proteins count when known terms are left out (partial knowledge).</summary>
public enum PkCoverage
{
    /// <summary>Only proteins with something left to find, so coverage is at most 1. tp, fp and fn are the same in both.</summary>
    Fixed,

    /// <summary>All predicted proteins, as CAFA-evaluator-PK counts: coverage exceeds 1, precision is too low. For parity.</summary>
    Reference,
}

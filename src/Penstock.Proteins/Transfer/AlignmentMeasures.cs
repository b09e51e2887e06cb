namespace Penstock.Proteins.Transfer;

/// <summary>What an alignment of query and reference says; the unit of the fractions is 1.</summary>
/// <param name="Identity">Equal residues per alignment column.</param>
/// <param name="Similarity">Columns that are equal or score above 0, per alignment column.</param>
/// <param name="Gaps">Gap characters per alignment column.</param>
/// <param name="Length">Alignment columns.</param>
public sealed record AlignmentMeasures(double Identity, double Similarity, double Score, double Gaps, int Length);

namespace Penstock.Proteins.Neighbours;

/// <summary>How far two vectors are apart.</summary>
public enum DistanceMetric
{
    /// <summary><c>1 - q.r / ((|q| + 1e-9)(|r| + 1e-9))</c>, in [0, 2]; 1 where either vector is zero.</summary>
    Cosine,

    /// <summary>The square of the Euclidean distance.</summary>
    SquaredL2,
}

namespace Penstock.Proteins.Neighbours;

/// <summary>What one search may return and how much of the machine it may use.</summary>
/// <param name="MaxDistance">Rows farther away are dropped before the cut to k; null keeps all.</param>
/// <param name="DegreeOfParallelism">Threads at once, at least 1. Each takes its own share of the queries.</param>
/// <param name="VectorBits">Width of the registers used: 512, 256 or 128; null takes the widest this machine has.
/// The answer is the same at every width.</param>
public sealed record KnnSearchOptions(double? MaxDistance = null, int DegreeOfParallelism = 1, int? VectorBits = null)
{
    public static KnnSearchOptions Default { get; } = new();
}

namespace Penstock.Proteins.Neighbours;

/// <summary>A reference row and its distance from the query, computed in double from the float32 vectors.</summary>
public readonly record struct Neighbour(int Row, double Distance) : IComparable<Neighbour>
{
    /// <summary>Nearest first; at equal distance the lower row, so that a search always gives the same answer.</summary>
    public int CompareTo(Neighbour other)
    {
        int byDistance = Distance.CompareTo(other.Distance);
        return byDistance != 0 ? byDistance : Row.CompareTo(other.Row);
    }

    public static bool operator <(Neighbour left, Neighbour right) => left.CompareTo(right) < 0;

    public static bool operator >(Neighbour left, Neighbour right) => left.CompareTo(right) > 0;

    public static bool operator <=(Neighbour left, Neighbour right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Neighbour left, Neighbour right) => left.CompareTo(right) >= 0;
}

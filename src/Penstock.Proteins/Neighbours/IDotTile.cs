namespace Penstock.Proteins.Neighbours;

/// <summary>The inner step of the search for one width of vector register.</summary>
internal interface IDotTile
{
    static abstract bool IsSupported { get; }

    /// <summary>Reference rows in one tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Queries in one tile, side by side in registers; at most 32.</summary>
    static abstract int Lanes { get; }

    /// <summary>Dot products of <see cref="Rows"/> reference rows with <see cref="Lanes"/> queries.</summary>
    /// <param name="rows">First element of the first row; row i begins <paramref name="stride"/> times i behind it.</param>
    /// <param name="panel">Shape [dimension, Lanes]: element d of all queries side by side.</param>
    /// <param name="dots">Output, shape [Rows, Lanes].</param>
    static abstract void Multiply(ref float rows, nuint stride, ref float panel, int dimension, ref float dots);

    /// <summary>Turns one row's dot products into scores, <c>dot * scale + offset</c>, in place.</summary>
    static abstract void Score(ref float dots, float scale, float offset);

    /// <summary>The queries whose score is above their bound, one bit per lane. False for NaN.</summary>
    static abstract uint Above(ref float scores, ref float bounds);
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Penstock.Proteins.Evaluation;

/// <summary>Predictions of one file for one namespace: row, term and level, in file order until sorted by row.</summary>
internal sealed class PredictedCells
{
    private readonly List<Cell> _cells = [];
    private int[] _start = [];
    private Cell[] _byRow = [];

    /// <param name="Mark">1 + number of thresholds the score reaches; 0 for a score that is not above 0.</param>
    internal readonly record struct Cell(int Row, int Term, int Mark);

    public int Count => _cells.Count;

    public void Add(int row, int term, int mark) => _cells.Add(new(row, term, mark));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SortByRow(int rowCount)
    {
        Span<Cell> cells = CollectionsMarshal.AsSpan(_cells);
        _start = new int[rowCount + 1];
        bool isSorted = true;
        for (int i = 0; i < cells.Length; i++)
        {
            _start[cells[i].Row + 1]++;
            isSorted &= i == 0 || cells[i - 1].Row <= cells[i].Row;
        }
        for (int row = 0; row < rowCount; row++)
            _start[row + 1] += _start[row];
        if (isSorted)
            return;
        // Stable: within a row the order of the file stays, on which the limit of terms depends.
        int[] next = _start[..^1];
        _byRow = new Cell[cells.Length];
        foreach (Cell cell in cells)
            _byRow[next[cell.Row]++] = cell;
        _cells.Clear();
        _cells.TrimExcess();
    }

    public ReadOnlySpan<Cell> Row(int row)
    {
        ReadOnlySpan<Cell> all = _byRow.Length > 0 ? _byRow : CollectionsMarshal.AsSpan(_cells);
        return all[_start[row].._start[row + 1]];
    }
}

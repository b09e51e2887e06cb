namespace Penstock.Proteins.Evaluation;

/// <summary>Rows of integers in one array: compressed sparse rows.</summary>
internal sealed class IntRows(int[] start, int[] values)
{
    public int Count => start.Length - 1;

    public ReadOnlySpan<int> this[int row] => values.AsSpan(start[row], start[row + 1] - start[row]);

    /// <summary>Sorts pairs into rows; within a row they keep their order.</summary>
    public static IntRows From(int rowCount, ReadOnlySpan<(int Row, int Value)> pairs)
    {
        int[] start = new int[rowCount + 1];
        foreach ((int row, _) in pairs)
            start[row + 1]++;
        for (int row = 0; row < rowCount; row++)
            start[row + 1] += start[row];
        int[] next = start[..^1];
        int[] values = new int[pairs.Length];
        foreach ((int row, int value) in pairs)
            values[next[row]++] = value;
        return new(start, values);
    }

    /// <summary>The same edges from the other end.</summary>
    public IntRows Reversed()
    {
        List<(int Row, int Value)> pairs = new(values.Length);
        for (int row = 0; row < Count; row++)
        {
            foreach (int value in this[row])
                pairs.Add((value, row));
        }
        return From(Count, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pairs));
    }
}

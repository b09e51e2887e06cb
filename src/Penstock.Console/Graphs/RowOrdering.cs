namespace Penstock.Console.Graphs;

/// <summary>Orders the cells of each row so that few edges cross.</summary>
internal static class RowOrdering
{
    /// <summary>Barycentre sweeps down and up; the best order seen stays.</summary>
    public static void Order(LayeredLayout.Lattice lattice, int sweeps)
    {
        int[] position = new int[lattice.CellCount];
        foreach (List<int> row in lattice.Rows)
            Number(row, position);
        long best = CountCrossings(lattice, position);
        List<int>[] bestRows = [.. lattice.Rows.Select(row => row.ToList())];
        for (int sweep = 0; sweep < sweeps && best > 0; sweep++)
        {
            bool downwards = sweep % 2 == 0;
            for (int i = 1; i < lattice.Rows.Count; i++)
            {
                int rank = downwards ? i : lattice.Rows.Count - 1 - i;
                SortRow(lattice, lattice.Rows[rank], downwards ? rank - 1 : rank + 1, position);
            }
            long crossings = CountCrossings(lattice, position);
            if (crossings >= best)
                continue;
            best = crossings;
            bestRows = [.. lattice.Rows.Select(row => row.ToList())];
        }
        for (int rank = 0; rank < bestRows.Length; rank++)
        {
            lattice.Rows[rank].Clear();
            lattice.Rows[rank].AddRange(bestRows[rank]);
        }
    }

    /// <summary>Pairs of edges between neighbouring rows that cross, in the rows' present order.</summary>
    public static long CountCrossings(LayeredLayout.Lattice lattice)
    {
        int[] position = new int[lattice.CellCount];
        foreach (List<int> row in lattice.Rows)
            Number(row, position);
        return CountCrossings(lattice, position);
    }

    private static void SortRow(LayeredLayout.Lattice lattice, List<int> row, int fixedRank, int[] position)
    {
        double Wish(int cell)
        {
            double sum = 0;
            int count = 0;
            foreach (int neighbour in lattice.Neighbours(cell))
            {
                if (lattice.Rank[neighbour] != fixedRank)
                    continue;
                sum += position[neighbour];
                count++;
            }
            return count == 0 ? position[cell] : sum / count;
        }

        int[] sorted = [.. row.OrderBy(Wish).ThenBy(cell => position[cell])];
        row.Clear();
        row.AddRange(sorted);
        Number(row, position);
    }

    private static long CountCrossings(LayeredLayout.Lattice lattice, int[] position)
    {
        long crossings = 0;
        for (int rank = 0; rank + 1 < lattice.Rows.Count; rank++)
        {
            List<(int Upper, int Lower)> links =
            [
                .. from upper in lattice.Rows[rank]
                   from lower in lattice.Neighbours(upper)
                   where lattice.Rank[lower] == rank + 1
                   select (position[upper], position[lower]),
            ];
            links.Sort();
            // Inversions of the lower ends, by insertion into a sorted list: rows here hold tens of cells.
            List<int> seen = new(links.Count);
            foreach ((_, int lower) in links)
            {
                int at = seen.BinarySearch(lower);
                at = at < 0 ? ~at : at;
                while (at < seen.Count && seen[at] == lower)
                    at++;
                crossings += seen.Count - at;
                seen.Insert(at, lower);
            }
        }
        return crossings;
    }

    private static void Number(List<int> row, int[] position)
    {
        for (int i = 0; i < row.Count; i++)
            position[row[i]] = i;
    }
}

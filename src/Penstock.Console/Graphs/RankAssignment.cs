namespace Penstock.Console.Graphs;

/// <summary>Gives every node of a graph its row: parents above children.</summary>
internal static class RankAssignment
{
    /// <summary>Rank 0 is the top. Edges that close a cycle do not count.</summary>
    /// <param name="parents">Per node, the nodes that belong above it.</param>
    public static int[] Assign(IReadOnlyList<int>[] parents)
    {
        int count = parents.Length;
        int[] ranks = new int[count];
        List<int> order = ParentsFirst(parents, out HashSet<(int, int)> closing);
        foreach (int node in order)
        {
            foreach (int parent in parents[node])
            {
                if (!closing.Contains((node, parent)))
                    ranks[node] = Math.Max(ranks[node], ranks[parent] + 1);
            }
        }
        PullDown(parents, order, closing, ranks);
        return ranks;
    }

    // A parent without parents of its own sits right above its highest child, so that its edges stay short.
    private static void PullDown(IReadOnlyList<int>[] parents, List<int> order, HashSet<(int, int)> closing, int[] ranks)
    {
        int[] highestChild = new int[ranks.Length];
        Array.Fill(highestChild, int.MaxValue);
        for (int i = order.Count - 1; i >= 0; i--)
        {
            int node = order[i];
            bool isTop = !parents[node].Any(parent => !closing.Contains((node, parent)));
            if (isTop && highestChild[node] != int.MaxValue)
                ranks[node] = highestChild[node] - 1;
            foreach (int parent in parents[node])
            {
                if (!closing.Contains((node, parent)))
                    highestChild[parent] = Math.Min(highestChild[parent], ranks[node]);
            }
        }
    }

    // Depth first without recursion: an ontology is shallow, but nothing here promises that.
    private static List<int> ParentsFirst(IReadOnlyList<int>[] parents, out HashSet<(int, int)> closing)
    {
        closing = [];
        List<int> order = new(parents.Length);
        byte[] state = new byte[parents.Length]; // 0 new, 1 on the path, 2 done
        Stack<(int Node, int Next)> path = new();
        for (int start = 0; start < parents.Length; start++)
        {
            if (state[start] != 0)
                continue;
            state[start] = 1;
            path.Push((start, 0));
            while (path.TryPop(out (int Node, int Next) at))
            {
                if (at.Next == parents[at.Node].Count)
                {
                    state[at.Node] = 2;
                    order.Add(at.Node);
                    continue;
                }
                path.Push((at.Node, at.Next + 1));
                int parent = parents[at.Node][at.Next];
                if (state[parent] == 1)
                {
                    closing.Add((at.Node, parent));
                }
                else if (state[parent] == 0)
                {
                    state[parent] = 1;
                    path.Push((parent, 0));
                }
            }
        }
        return order;
    }
}

namespace Penstock.Console.Graphs;

/// <summary>Draws a directed graph in rows, parents above children, with few crossings and straight long edges.</summary>
/// <remarks>
/// The method of Sugiyama, Tagawa and Toda (1981): rank by longest path; a bend for each row an edge passes; rows ordered
/// by barycentres; then coordinates, where each row is a least-squares fit to its neighbours that keeps order and
/// distances (pool adjacent violators). No randomness: the same graph gives the same drawing.
/// </remarks>
internal static class LayeredLayout
{
    public const double NodeGap = 22;
    public const double RankGap = 54;
    private const double BendWidth = 8;
    private const int OrderingSweeps = 16;
    private const int PlacingSweeps = 24;

    /// <summary>Places all nodes. Edges that name an unknown node, or a node twice, are left out.</summary>
    public static GraphDrawing Place(IReadOnlyList<GraphNode> nodes, IReadOnlyList<GraphEdge> edges)
    {
        if (nodes.Count == 0)
            return new GraphDrawing(0, 0, [], []);
        Dictionary<string, int> indices = nodes.Select((node, index) => (node.Id, index)).ToDictionary(StringComparer.Ordinal);
        List<(GraphEdge Edge, int Child, int Parent)> links =
        [
            .. from edge in edges
               where indices.ContainsKey(edge.Child) && indices.ContainsKey(edge.Parent) && edge.Child != edge.Parent
               select (edge, indices[edge.Child], indices[edge.Parent]),
        ];
        IReadOnlyList<int>[] parents = [.. nodes.Select(_ => new List<int>())];
        foreach ((_, int child, int parent) in links)
            ((List<int>)parents[child]).Add(parent);

        int[] ranks = RankAssignment.Assign(parents);
        Lattice lattice = new(nodes, ranks);
        List<int>[] chains = [.. links.Select(link => lattice.Connect(link.Child, link.Parent))];
        RowOrdering.Order(lattice, OrderingSweeps);
        PlaceAcross(lattice);
        return Draw(lattice, links, chains);
    }

    private static void PlaceAcross(Lattice lattice)
    {
        foreach (List<int> row in lattice.Rows)
        {
            double x = 0;
            foreach (int cell in row)
            {
                lattice.X[cell] = x + lattice.Width[cell] / 2;
                x += lattice.Width[cell] + NodeGap;
            }
        }
        for (int sweep = 0; sweep < PlacingSweeps; sweep++)
        {
            bool downwards = sweep % 2 == 0;
            for (int i = 0; i < lattice.Rows.Count; i++)
                FitRow(lattice, lattice.Rows[downwards ? i : lattice.Rows.Count - 1 - i]);
        }
    }

    // The row's positions nearest (in weighted squares) to the means of the neighbours, in order and without overlap.
    private static void FitRow(Lattice lattice, List<int> row)
    {
        List<(double Sum, double Weight, int Count)> blocks = [];
        double[] offsets = new double[row.Count];
        for (int i = 0; i < row.Count; i++)
        {
            int cell = row[i];
            if (i > 0)
                offsets[i] = offsets[i - 1] + (lattice.Width[row[i - 1]] + lattice.Width[cell]) / 2 + NodeGap;
            IReadOnlyList<int> neighbours = lattice.Neighbours(cell);
            double weight = neighbours.Sum(neighbour => Pull(lattice, cell, neighbour));
            double wish = neighbours.Count == 0
                ? lattice.X[cell]
                : neighbours.Sum(neighbour => Pull(lattice, cell, neighbour) * lattice.X[neighbour]) / weight;
            weight = Math.Max(weight, 0.1);
            blocks.Add(((wish - offsets[i]) * weight, weight, 1));
            while (blocks.Count > 1 && blocks[^2].Sum / blocks[^2].Weight > blocks[^1].Sum / blocks[^1].Weight)
            {
                (double sum, double blockWeight, int count) = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
                blocks[^1] = (blocks[^1].Sum + sum, blocks[^1].Weight + blockWeight, blocks[^1].Count + count);
            }
        }
        int position = 0;
        foreach ((double sum, double weight, int count) in blocks)
        {
            for (int i = 0; i < count; i++, position++)
                lattice.X[row[position]] = sum / weight + offsets[position];
        }
    }

    // A wish for straight lines, strongest between two bends of one edge (Gansner et al., 1993).
    private static double Pull(Lattice lattice, int cell, int neighbour) =>
        (lattice.IsBend(cell), lattice.IsBend(neighbour)) switch
        {
            (true, true) => 8,
            (false, false) => 1,
            _ => 2,
        };

    private static GraphDrawing Draw(
        Lattice lattice, List<(GraphEdge Edge, int Child, int Parent)> links, List<int>[] chains)
    {
        double left = Enumerable.Range(0, lattice.CellCount).Min(cell => lattice.X[cell] - lattice.Width[cell] / 2);
        double right = Enumerable.Range(0, lattice.CellCount).Max(cell => lattice.X[cell] + lattice.Width[cell] / 2);
        double[] tops = new double[lattice.Rows.Count];
        double[] bottoms = new double[lattice.Rows.Count];
        double y = 0;
        for (int rank = 0; rank < tops.Length; rank++)
        {
            tops[rank] = y;
            bottoms[rank] = y + lattice.Rows[rank].Max(cell => lattice.Height[cell]);
            y = bottoms[rank] + RankGap;
        }
        List<PlacedNode> placed = [.. lattice.Nodes.Select((node, cell) =>
            new PlacedNode(node, lattice.Rank[cell], lattice.X[cell] - node.Width / 2 - left, tops[lattice.Rank[cell]]))];
        List<PlacedEdge> drawn = new(links.Count);
        for (int i = 0; i < links.Count; i++)
        {
            List<(double, double)> points = [];
            foreach (int cell in chains[i])
            {
                double x = lattice.X[cell] - left;
                int rank = lattice.Rank[cell];
                if (lattice.IsBend(cell))
                    points.AddRange(lattice.RunsDown(chains[i]) ? [(x, tops[rank]), (x, bottoms[rank])] : [(x, bottoms[rank]), (x, tops[rank])]);
                else if (cell == chains[i][0])
                    points.Add((x, lattice.RunsDown(chains[i]) ? tops[rank] + lattice.Height[cell] : tops[rank]));
                else
                    points.Add((x, lattice.RunsDown(chains[i]) ? tops[rank] : tops[rank] + lattice.Height[cell]));
            }
            drawn.Add(new PlacedEdge(links[i].Edge, points));
        }
        return new GraphDrawing(right - left, bottoms[^1], placed, drawn);
    }

    /// <summary>The graph cut into rows: its nodes, and a bend cell for each row an edge passes.</summary>
    internal sealed class Lattice
    {
        private readonly List<List<int>> _neighbours = [];

        public Lattice(IReadOnlyList<GraphNode> nodes, int[] ranks)
        {
            Nodes = nodes;
            int lowest = ranks.Min();
            foreach (GraphNode node in nodes)
                Add(ranks[Rank.Count] - lowest, node.Width, node.Height);
        }

        public IReadOnlyList<GraphNode> Nodes { get; }
        public List<List<int>> Rows { get; } = [];
        public List<int> Rank { get; } = [];
        public List<double> Width { get; } = [];
        public List<double> Height { get; } = [];
        public List<double> X { get; } = [];
        public int CellCount => Rank.Count;

        public bool IsBend(int cell) => cell >= Nodes.Count;

        public IReadOnlyList<int> Neighbours(int cell) => _neighbours[cell];

        /// <summary>Whether a chain of cells goes from a higher row to a lower one (an edge that closes a cycle does).</summary>
        public bool RunsDown(List<int> chain) => Rank[chain[0]] < Rank[chain[^1]];

        /// <summary>Adds the bends between two nodes and returns the whole chain from child to parent.</summary>
        public List<int> Connect(int child, int parent)
        {
            List<int> chain = [child];
            int step = Math.Sign(Rank[parent] - Rank[child]);
            for (int rank = Rank[child] + step; step != 0 && rank != Rank[parent]; rank += step)
                chain.Add(Add(rank, BendWidth, 0));
            chain.Add(parent);
            for (int i = 1; i < chain.Count; i++)
            {
                _neighbours[chain[i - 1]].Add(chain[i]);
                _neighbours[chain[i]].Add(chain[i - 1]);
            }
            return chain;
        }

        private int Add(int rank, double width, double height)
        {
            while (Rows.Count <= rank)
                Rows.Add([]);
            int cell = Rank.Count;
            Rows[rank].Add(cell);
            Rank.Add(rank);
            Width.Add(width);
            Height.Add(height);
            X.Add(0);
            _neighbours.Add([]);
            return cell;
        }
    }
}

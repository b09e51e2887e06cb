using Penstock.Client.Proteins;
using Penstock.Console.Graphs;

namespace Penstock.Console.Proteins;

/// <summary>A part of the ontology made ready for drawing: boxes sized to their texts, then placed in rows.</summary>
internal sealed record GoGraphDrawing(
    GraphDrawing Drawing, IReadOnlyDictionary<string, GoNode> Terms, IReadOnlyDictionary<string, IReadOnlyList<string>> NameLines)
{
    public const double LineHeight = 14;
    private const int CharactersPerLine = 22;
    private const int LinesMax = 3;

    // Eleven-pixel sans-serif letters are seven pixels wide at most on average; a box has eight pixels to each side.
    private const double BoxWidth = CharactersPerLine * 6.6 + 16;

    public static GoGraphDrawing Of(GoSubgraph graph)
    {
        Dictionary<string, GoNode> terms = graph.Nodes.ToDictionary(node => node.Id.ToString(), StringComparer.Ordinal);
        Dictionary<string, IReadOnlyList<string>> lines =
            terms.ToDictionary(pair => pair.Key, pair => Wrap(pair.Value.Name), StringComparer.Ordinal);
        GraphNode[] boxes = [.. graph.Nodes.Select(node => new GraphNode(node.Id.ToString(), BoxWidth, 24 + lines[node.Id.ToString()].Count * LineHeight))];
        GraphEdge[] edges =
            [.. graph.Edges.DistinctBy(edge => (edge.Source, edge.Target, edge.RelationType))
                .Select(edge => new GraphEdge(edge.Source.ToString(), edge.Target.ToString(), edge.RelationType))];
        return new GoGraphDrawing(LayeredLayout.Place(boxes, edges), terms, lines);
    }

    /// <summary>Breaks a name at spaces into at most three lines; what does not fit ends with an ellipsis.</summary>
    internal static IReadOnlyList<string> Wrap(string name)
    {
        List<string> lines = [];
        string line = "";
        foreach (string word in name.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > CharactersPerLine)
            {
                lines.Add(line);
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        lines.Add(line);
        bool cut = lines.Count > LinesMax;
        string[] shown = [.. lines.Take(LinesMax).Select(Clip)];
        if (cut)
            shown[^1] = Clip(shown[^1] + " …");
        return shown;
    }

    private static string Clip(string line) =>
        line.Length <= CharactersPerLine ? line : string.Concat(line.AsSpan(0, CharactersPerLine - 1), "…");
}

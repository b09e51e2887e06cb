using System.Text.RegularExpressions;
using Penstock.Testing;

namespace Penstock.EndToEnd.Docs;

/// <summary>A page of documentation as lines, with its fenced blocks and the markers that stand right above them.</summary>
internal sealed partial class DocPage
{
    private DocPage(string path, string[] lines)
    {
        Path = path;
        Lines = lines;
        Blocks = [.. Find(lines)];
    }

    /// <summary>Relative to the repository.</summary>
    public string Path { get; }
    public string[] Lines { get; }
    public IReadOnlyList<DocBlock> Blocks { get; }

    /// <summary>README.md, everything below docs, and what the samples say of themselves.</summary>
    public static IReadOnlyList<DocPage> All { get; } =
    [
        .. new[] { "README.md" }
            .Concat(PagesBelow("docs")).Concat(PagesBelow("samples"))
            .Select(path => new DocPage(path, File.ReadAllLines(System.IO.Path.Combine(Repository.Root, path)))),
    ];

    public static DocPage Get(string path) => All.Single(page => page.Path == path);

    private static IEnumerable<string> PagesBelow(string folder)
    {
        string root = System.IO.Path.Combine(Repository.Root, folder);
        return Directory.Exists(root)
            ? Directory.GetFiles(root, "*.md", SearchOption.AllDirectories)
                .Select(file => System.IO.Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal)
            : [];
    }

    private static IEnumerable<DocBlock> Find(string[] lines)
    {
        List<DocMarker> markers = [];
        for (int i = 0; i < lines.Length; i++)
        {
            if (Marker().Match(lines[i]) is { Success: true } marker)
            {
                markers.Add(new DocMarker(marker.Groups["kind"].Value, marker.Groups["words"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
                continue;
            }
            if (Fence().Match(lines[i]) is { Success: true } fence)
            {
                int end = Array.FindIndex(lines, i + 1, line => line.TrimEnd() == fence.Groups["fence"].Value);
                if (end < 0)
                    throw new InvalidDataException($"The block that begins in line {i + 1} does not end.");
                yield return new DocBlock(fence.Groups["language"].Value, i + 1, lines[(i + 1)..end], [.. markers]);
                i = end;
            }
            if (lines[i].Trim().Length > 0)
                markers.Clear();
        }
    }

    [GeneratedRegex(@"^<!-- (?<kind>snippet|run|file): (?<words>.+?) -->\s*$")]
    private static partial Regex Marker();

    [GeneratedRegex("^(?<fence>```+)(?<language>[a-z]*)")]
    private static partial Regex Fence();
}

/// <param name="FirstLine">Index of its first line in the page, from 0.</param>
internal sealed record DocBlock(string Language, int FirstLine, string[] Lines, IReadOnlyList<DocMarker> Markers)
{
    public DocMarker? Marker(string kind) => Markers.FirstOrDefault(marker => marker.Kind == kind);
}

/// <summary>A comment such as <c>&lt;!-- run: hello exit=1 --&gt;</c>: a kind, a name, and settings.</summary>
internal sealed record DocMarker(string Kind, string[] Words)
{
    public string Name => Words[0];

    public string? Setting(string key) =>
        Words.Skip(1).Where(word => word.StartsWith(key + "=", StringComparison.Ordinal)).Select(word => word[(key.Length + 1)..]).FirstOrDefault();
}

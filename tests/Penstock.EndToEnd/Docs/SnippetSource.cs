using System.Text.RegularExpressions;
using Penstock.Testing;

namespace Penstock.EndToEnd.Docs;

/// <summary>Code that a page shows: a region of a compiled file, or the whole file.</summary>
/// <remarks>
/// <c>Folder/File.cs#region</c> is looked for beside this class; a name that begins with samples/, src/ or tests/ counts from
/// the root of the repository. A region begins with <c>#region name</c> (in Python and shell <c># region name</c>).
/// </remarks>
internal static partial class SnippetSource
{
    private static readonly string[] FromRoot = ["samples/", "src/", "tests/"];

    public static string[] Read(string source)
    {
        string[] parts = source.Split('#', 2);
        string folder = FromRoot.Any(start => source.StartsWith(start, StringComparison.Ordinal))
            ? Repository.Root
            : Path.Combine(Repository.Root, "tests", "Penstock.EndToEnd", "Docs");
        string[] lines = File.ReadAllLines(Path.Combine(folder, parts[0]));
        string[] shown = parts.Length == 1 ? lines : Region(lines, source, parts[1]);
        return Dedent([.. shown.Where(line => !RegionLine().IsMatch(line))]);
    }

    private static string[] Region(string[] lines, string source, string name)
    {
        int begin = Array.FindIndex(lines, line => RegionLine().Match(line).Groups["name"].Value.Trim() == name);
        if (begin < 0)
            throw new InvalidDataException($"{source}: there is no region of this name.");
        int depth = 0;
        for (int i = begin; i < lines.Length; i++)
        {
            if (RegionLine().Match(lines[i]) is not { Success: true } mark)
                continue;
            depth += mark.Groups["end"].Success ? -1 : 1;
            if (depth == 0)
                return lines[(begin + 1)..i];
        }
        throw new InvalidDataException($"{source}: the region does not end.");
    }

    private static string[] Dedent(string[] lines)
    {
        string[] full = [.. lines.Where(line => line.Trim().Length > 0)];
        int indent = full.Length == 0 ? 0 : full.Min(line => line.Length - line.TrimStart(' ').Length);
        string[] shown = [.. lines.Select(line => line.Trim().Length == 0 ? "" : line[indent..])];
        // A blank line at either end of a region is spacing of the file, not of the page.
        int first = Array.FindIndex(shown, line => line.Length > 0);
        int last = Array.FindLastIndex(shown, line => line.Length > 0);
        return first < 0 ? [] : shown[first..(last + 1)];
    }

    [GeneratedRegex(@"^\s*# ?(?:(?<end>endregion)|region\s+(?<name>.+))\s*$")]
    private static partial Regex RegionLine();
}

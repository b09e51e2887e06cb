using System.Text.RegularExpressions;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Architecture;

/// <summary>The rules of the house that a compiler does not know.</summary>
public sealed partial class StyleTests
{
    private const int LinesMax = 450;

    private static readonly string[] Sources = Directory
        .GetFiles(Repository.Root, "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
        .ToArray();

    [Fact]
    public void No_source_file_is_longer_than_a_reader_can_hold() =>
        Assert.Empty(Sources.Select(file => (Lines: File.ReadLines(file).Count(), Name(file))).Where(f => f.Lines > LinesMax));

    [Fact]
    public void No_type_or_folder_hides_behind_an_empty_name() =>
        Assert.Empty(Sources.Where(file => EmptyName().IsMatch(Path.GetRelativePath(Repository.Root, file))).Select(Name));

    [Fact]
    public void No_source_file_is_left_undone() =>
        Assert.Empty(Sources.Where(file => !file.EndsWith("StyleTests.cs", StringComparison.Ordinal) && Undone().IsMatch(File.ReadAllText(file))).Select(Name));

    [Fact]
    public void The_namespace_of_a_file_is_its_folder()
    {
        List<string> wrong = [];
        foreach (string file in Sources.Where(f => Name(f).StartsWith("src/", StringComparison.Ordinal)))
        {
            string? declared = File.ReadLines(file).FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal))?["namespace ".Length..].TrimEnd(';');
            string expected = Path.GetDirectoryName(Name(file))!["src/".Length..].Replace('/', '.');
            if (declared is not null && declared != expected)
                wrong.Add($"{Name(file)}: {declared}");
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_file_names_a_place_of_the_machine_it_was_written_on()
    {
        string[] texts = [.. Sources, .. Directory.GetFiles(Repository.Root, "*.md", SearchOption.AllDirectories)];
        Assert.Empty(texts.Where(file => !file.Contains("/node_modules/", StringComparison.Ordinal) && MachinePath().IsMatch(File.ReadAllText(file))).Select(Name));
    }

    private static string Name(string file) => Path.GetRelativePath(Repository.Root, file);

    [GeneratedRegex(@"(Manager|Helper|Helpers|Util|Utils|Utilities|Common|Base)(/|\.cs$)")]
    private static partial Regex EmptyName();

    [GeneratedRegex("NotImplementedException|TO" + "DO|FIX" + "ME")]
    private static partial Regex Undone();

    [GeneratedRegex(@"(^|[^a-zA-Z0-9_.])/(work|root)/")]
    private static partial Regex MachinePath();
}

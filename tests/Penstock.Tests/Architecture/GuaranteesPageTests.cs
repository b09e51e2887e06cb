using System.Text.RegularExpressions;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Architecture;

/// <summary>docs/guarantees.md names tests and mutants. One that is renamed or removed there would be a promise nobody keeps.</summary>
public sealed partial class GuaranteesPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guarantees.md"));

    private static readonly string[] Sources = Directory
        .GetFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
        .ToArray();

    [Fact]
    public void Every_test_it_names_exists_and_runs()
    {
        List<(string Class, string Method)> named = TestName().Matches(Page).Select(m => (m.Groups["class"].Value, m.Groups["method"].Value)).Distinct().ToList();
        Assert.True(named.Count > 40, $"Only {named.Count} names were found on the page.");
        Dictionary<string, string> classes = Sources
            .SelectMany(file => ClassName().Matches(File.ReadAllText(file)).Select(m => (Class: m.Groups["class"].Value, File: file)))
            .GroupBy(c => c.Class).ToDictionary(g => g.Key, g => string.Join('\n', g.Select(c => File.ReadAllText(c.File))));
        Assert.Empty(named.Where(n => !classes.TryGetValue(n.Class, out string? text) || !IsTest(text, n.Method)).Select(n => $"{n.Class}.{n.Method}"));
    }

    [Fact]
    public void Every_mutant_it_names_exists()
    {
        string mutants = string.Join('\n', Sources.Where(f => f.Contains("Penstock.Simulation/Mutants/", StringComparison.Ordinal)).Select(File.ReadAllText));
        List<string> named = MutantLine().Matches(Page).SelectMany(line => MutantName().Matches(line.Value)).Select(m => m.Groups["name"].Value).ToList();
        Assert.True(named.Count > 20, $"Only {named.Count} mutants were found on the page.");
        Assert.Empty(named.Where(name => !mutants.Contains($"new(\"{name}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_invariant_has_its_tests()
    {
        Assert.Empty(Enumerable.Range(1, 15).Where(n => !InvariantHeading(n).IsMatch(Page)).Select(n => $"I{n}"));

        static Regex InvariantHeading(int number) => new($@"^### I{number} .+?\n(?:(?!^#).*\n)*?- `\w+\.\w+`", RegexOptions.Multiline);
    }

    /// <summary>An attribute of a test stands above it, other attributes between.</summary>
    private static bool IsTest(string source, string method) =>
        Regex.IsMatch(source, $@"\[(Fact|Theory)[^\n]*\]\s*(\[[^\n]*\]\s*)*public (async )?(Task|void) {method}\(");

    [GeneratedRegex(@"`(?<class>[A-Z]\w+)\.(?<method>\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"class (?<class>\w+)")]
    private static partial Regex ClassName();

    [GeneratedRegex(@"^- Mutants: (.|\n)+?\.$", RegexOptions.Multiline)]
    private static partial Regex MutantLine();

    [GeneratedRegex("`(?<name>[a-z][a-z-]+)`")]
    private static partial Regex MutantName();
}

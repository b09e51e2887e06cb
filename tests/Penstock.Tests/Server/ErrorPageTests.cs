using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>docs/errors.md has a section for every code in the sources, and for nothing else.</summary>
public sealed partial class ErrorPageTests
{
    private static string Page => File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "errors.md"));

    [Fact]
    public void Every_code_has_a_section_that_says_something()
    {
        Dictionary<string, string> sections = Sections();
        Assert.Empty(Codes().Where(code => !sections.TryGetValue(code, out string? text) || text.Length < 20).Order());
    }

    [Fact]
    public void No_section_is_about_a_code_that_is_gone()
    {
        HashSet<string> codes = [.. Codes(), .. JobErrorCodes()];
        Assert.Empty(Sections().Keys.Where(code => !codes.Contains(code)).Order());
    }

    [Fact]
    public void Codes_that_jobs_get_from_the_engine_have_sections_too()
    {
        List<string> codes = JobErrorCodes().ToList();
        Assert.Contains("JobTimeout", codes);
        Assert.Empty(codes.Except(Sections().Keys));
    }

    private static Dictionary<string, string> Sections() =>
        Section().Matches(Page).ToDictionary(m => m.Groups["code"].Value, m => m.Groups["text"].Value.Trim());

    /// <summary>The first argument wherever an error of the product is made.</summary>
    private static IEnumerable<string> Codes()
    {
        foreach (string text in Sources().Where(text => text.Contains("PenstockException", StringComparison.Ordinal)))
        {
            // One class makes the codes of all kinds of records: RecordNotFoundException.
            bool kinds = text.Contains("{kind}-not-found", StringComparison.Ordinal);
            foreach (Match made in Made().Matches(text))
            {
                bool ofKind = kinds && made.Groups["how"].Value == "new(";
                yield return ofKind ? $"{made.Groups["code"].Value}-not-found" : made.Groups["code"].Value;
            }
        }
        Type codes = typeof(Penstock.Server.PenstockHost).Assembly.GetType("Penstock.Server.Http.ProblemCodes", throwOnError: true)!;
        foreach (FieldInfo code in codes.GetFields())
            yield return (string)code.GetRawConstantValue()!;
    }

    private static IEnumerable<string> JobErrorCodes() =>
        Sources(["Penstock.Engine", "Penstock.Sql"]).SelectMany(text => EngineCode().Matches(text)).Select(m => m.Groups["code"].Value).Distinct();

    private static IEnumerable<string> Sources(params string[] projects)
    {
        string src = Path.Combine(SourceTree.Root, "src");
        IEnumerable<string> folders = projects.Length == 0 ? Directory.GetDirectories(src) : projects.Select(project => Path.Combine(src, project));
        return folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText);
    }

    [GeneratedRegex("^## (?<code>\\S+)\\n(?<text>(?:(?!#).*\\n?)*)", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex("(?<how>PenstockException\\(|new\\(|base\\()\\s*\"(?<code>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)\",")]
    private static partial Regex Made();

    [GeneratedRegex("\"(?<code>(?:Job|Attempt)Timeout|WorkerLost|\\w+(?:Children|Items)Failed)\"")]
    private static partial Regex EngineCode();
}

using System.Text.RegularExpressions;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Architecture;

/// <summary>Pages name each other and the source by path. A file that moves must take its links with it.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_link_between_the_pages_leads_to_a_file()
    {
        string[] pages = Directory.GetFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
            .Where(file => !Regex.IsMatch(Path.GetRelativePath(Repository.Root, file), @"(^|/)(bin|obj|node_modules|artifacts|\.\w+)/"))
            .ToArray();
        List<(string Page, string Target)> links = pages.SelectMany(LinksOf).ToList();
        Assert.True(links.Count > 50, $"Only {links.Count} links were found on {pages.Length} pages.");
        Assert.Empty(links.Where(link => !Leads(link.Page, link.Target)).Select(link => $"{Path.GetRelativePath(Repository.Root, link.Page)}: {link.Target}"));
    }

    private static IEnumerable<(string Page, string Target)> LinksOf(string page) =>
        Link().Matches(CodeBlock().Replace(File.ReadAllText(page), "")).Select(m => (page, m.Groups["target"].Value));

    private static bool Leads(string page, string target)
    {
        string path = Path.Combine(Path.GetDirectoryName(page)!, target.Split('#')[0]);
        return File.Exists(path) || Directory.Exists(path);
    }

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    // Not addresses of the web, nor places on the same page.
    [GeneratedRegex(@"\]\((?<target>(?!\w+:|#)[^)\s]+)\)")]
    private static partial Regex Link();
}

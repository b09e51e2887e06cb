using System.Xml.Linq;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Architecture;

/// <summary>Who may know whom. A new edge is a decision: change this table and write an ADR.</summary>
public sealed class ProjectGraphTests
{
    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["Engine"] = [],
        ["Client"] = [],
        ["Sql"] = ["Engine"],
        ["Sqlite"] = ["Sql"],
        ["S3"] = ["Engine"],
        ["RabbitMq"] = ["Engine"],
        ["Postgres"] = ["Sql"],
        ["TestKit"] = ["Engine", "Sql", "Sqlite"],
        ["Ops"] = ["Engine", "Sql", "Client"],
        ["Proteins"] = ["Engine", "Sql", "Ops", "Client"],
        ["Console"] = ["Client"],
        ["Server"] = ["Engine", "Sql", "Sqlite", "Postgres", "RabbitMq", "S3", "Ops", "Proteins", "Console", "Client"],
        ["Cli"] = ["Server", "Client"],
    };

    private static IEnumerable<string> Projects => Directory.GetFiles(
        Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);

    [Fact]
    public void Every_project_references_only_what_the_table_allows()
    {
        Dictionary<string, string[]> found = Projects.ToDictionary(NameOf, References);
        Assert.Equal(MayReference.Keys.Order(), found.Keys.Order());
        foreach ((string project, string[] references) in found)
            Assert.Empty(references.Except(MayReference[project]).Select(to => $"{project} -> {to}"));
    }

    [Fact]
    public void An_outside_package_is_named_in_one_project_only()
    {
        string[] twice = Projects
            .SelectMany(file => XDocument.Load(file).Descendants("PackageReference").Select(p => (Package: (string)p.Attribute("Include")!, Project: NameOf(file))))
            .GroupBy(p => p.Package).Where(g => g.Count() > 1)
            .Select(g => $"{g.Key}: {string.Join(", ", g.Select(p => p.Project))}").ToArray();
        Assert.Empty(twice);
    }

    [Theory]
    [InlineData("Engine", "Microsoft.AspNetCore")]
    [InlineData("Engine", "Microsoft.Data")]
    [InlineData("Sql", "Microsoft.AspNetCore")]
    [InlineData("Console", "Penstock.Engine")]
    [InlineData("Client", "Microsoft.AspNetCore")]
    public void A_project_does_not_use_what_it_must_not_know(string project, string forbidden)
    {
        string[] uses = Sources(project).Where(file => File.ReadLines(file).Any(line => line.StartsWith("using " + forbidden, StringComparison.Ordinal)))
            .Select(file => Path.GetRelativePath(Repository.Root, file)).ToArray();
        Assert.Empty(uses);
    }

    private static IEnumerable<string> Sources(string project) => Directory
        .GetFiles(Path.Combine(Repository.Root, "src", "Penstock." + project), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal));

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file)["Penstock.".Length..];

    private static string[] References(string file) => XDocument.Load(file).Descendants("ProjectReference")
        .Select(r => NameOf(((string)r.Attribute("Include")!).Replace('\\', '/'))).ToArray();
}

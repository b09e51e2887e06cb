using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;
using Penstock.Testing;
using Penstock.Tests.Cli;
using Penstock.Tests.Server.Workspaces;
using Xunit;
using YamlDotNet.Serialization;

namespace Penstock.Tests.Server;

/// <summary>What deploy/ names exists: settings, variables, commands, metrics.</summary>
public sealed partial class DeployTests
{
    private static string Deploy => Path.Combine(Repository.Root, "deploy");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Deploy, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Deploy, file)).Where(file => !file.StartsWith("publish", StringComparison.Ordinal)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_variable_is_a_settings_and_every_command_one_of_the_program(string file)
    {
        string text = File.ReadAllText(Path.Combine(Deploy, file));
        string[] known = ["PENSTOCK_TOKEN", "PENSTOCK_WORKSPACE", "PENSTOCK_URL"];
        Assert.All(
            VariableName().Matches(text).Select(m => m.Value).Except(known),
            name => Assert.NotNull(SettingCatalog.Find(name["PENSTOCK_".Length..].ToLowerInvariant().Replace("__", ".", StringComparison.Ordinal))));
        HashSet<string> commands = [.. HelpTests.Commands().Select(c => c.Name)];
        Assert.All(CommandName().Matches(text).Select(m => m.Groups["name"].Value), name => Assert.Contains(name, commands));
    }

    [Fact]
    public void The_configurations_are_valid_with_the_secrets_they_ask_for()
    {
        string map = Documents("kubernetes/penstock.yaml").Select(d => d.GetValueOrDefault("data")).OfType<Dictionary<object, object>>().Single()["penstock.yaml"].ToString()!;
        foreach (string yaml in (string[])[File.ReadAllText(Path.Combine(Deploy, "penstock.yaml")), map])
        {
            using TemporaryFolder folder = new();
            File.WriteAllText(folder.Sub(Workspace.ConfigFileName), yaml);
            EffectiveConfiguration configuration = EffectiveConfiguration.Load(
                Workspace.Open(folder.Path),
                new Dictionary<string, string>
                {
                    ["PENSTOCK_STORE__PASSWORD"] = "a", ["PENSTOCK_TRANSPORT__PASSWORD"] = "b",
                    ["PENSTOCK_ARTIFACTS__ACCESS_KEY_ID"] = "c", ["PENSTOCK_ARTIFACTS__SECRET_KEY"] = "d",
                },
                []);
            Assert.True(configuration.Settings.Store.IsPostgres);
        }
    }

    [Theory]
    [InlineData("compose.yaml")]
    [InlineData("kubernetes/penstock.yaml")]
    [InlineData("prometheus/prometheus.yml")]
    public void The_manifests_are_yaml(string file) => Assert.NotEmpty(Documents(file));

    [Theory]
    [InlineData("grafana/penstock.json")]
    [InlineData("prometheus/penstock.rules.yml")]
    public void Every_metric_that_is_asked_for_is_one_of_the_program(string file)
    {
        string text = File.ReadAllText(Path.Combine(Deploy, file));
        if (file.EndsWith(".json", StringComparison.Ordinal))
            JsonDocument.Parse(text).Dispose();
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "metrics.md"));
        List<string> names = [.. MetricName().Matches(text).Select(m => SeriesSuffix().Replace(m.Value, "")).Distinct()];
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Prometheus_takes_the_scrape_configuration_and_the_rules()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "promtool"))),
            "promtool (Debian package prometheus) is not installed.");
        using TemporaryFolder folder = new();
        foreach (string file in Directory.GetFiles(Path.Combine(Deploy, "prometheus")))
            File.Copy(file, folder.Sub(Path.GetFileName(file)));
        File.WriteAllText(folder.Sub("penstock.token"), "token");
        using Process promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "config", folder.Sub("prometheus.yml")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        Task<string> output = promtool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string errors = await promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(promtool.ExitCode == 0, errors + await output);
    }

    private static List<Dictionary<object, object>> Documents(string file)
    {
        IDeserializer reader = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
        return [.. File.ReadAllText(Path.Combine(Deploy, file)).Split("\n---\n")
            .Select(text => reader.Deserialize<Dictionary<object, object>>(new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(new StringReader(text)))))];
    }

    [GeneratedRegex("PENSTOCK_[A-Z_]+")]
    private static partial Regex VariableName();

    // At the start of a line of a unit, in an action, in a comment or in a block.
    [GeneratedRegex(@"(?:ExecStart=/usr/bin/penstock|action: penstock|; start one with penstock|: penstock) (?<name>[a-z]+)")]
    private static partial Regex CommandName();

    [GeneratedRegex(@"\b(?:penstock|process|dotnet|http_server)_[a-z_]+\b(?!\.)")]
    private static partial Regex MetricName();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex SeriesSuffix();
}

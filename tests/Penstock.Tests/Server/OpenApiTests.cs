using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>The API's description is a promise: a change of it is seen, reviewed and accepted.</summary>
public sealed class OpenApiTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    private static string SnapshotFile =>
        Path.Combine(SourceTree.Root, "tests", "Penstock.Tests", "Server", "openapi.json");

    [Fact]
    public async Task The_description_is_the_accepted_one()
    {
        JsonNode document = await DescriptionAsync();
        // Test operations of this fixture are no part of the product, and appear nowhere in the document.
        string text = document.ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("PENSTOCK_ACCEPT") == "1")
            await File.WriteAllTextAsync(SnapshotFile, text, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(SnapshotFile, TestContext.Current.CancellationToken), text);
    }

    [Fact]
    public async Task Every_operation_has_a_summary_a_tag_and_a_described_success()
    {
        JsonNode document = await DescriptionAsync();
        List<string> poor = [];
        foreach ((string path, JsonNode? methods) in document["paths"]!.AsObject())
        {
            foreach ((string method, JsonNode? operation) in methods!.AsObject())
            {
                bool summary = !string.IsNullOrWhiteSpace((string?)operation!["summary"]);
                bool tag = operation["tags"]?.AsArray().Count > 0;
                bool success = operation["responses"]!.AsObject().Any(response => response.Key.StartsWith('2'));
                if (!summary || !tag || !success)
                    poor.Add($"{method} {path}: summary {summary}, tag {tag}, success {success}");
            }
        }
        Assert.Empty(poor);
    }

    [Fact]
    public async Task Instants_are_described_as_such_and_guarded_operations_name_their_scheme()
    {
        JsonNode document = await DescriptionAsync();
        JsonNode job = document["components"]!["schemas"]!["JobView"]!;
        Assert.Equal("date-time", (string?)job["properties"]!["created_at"]!["format"]);
        Assert.NotNull(document["paths"]!["/jobs"]!["post"]!["security"]);
        Assert.Null(document["paths"]!["/health"]!["get"]!["security"]);
    }

    [Fact]
    public async Task The_page_to_read_it_is_served_without_other_sites()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        (int status, _, string page) = await server.SendAsync(HttpMethod.Get, "/docs/index.html");
        Assert.Equal(200, status);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> DescriptionAsync()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        (int status, _, string body) = await server.SendAsync(HttpMethod.Get, "/openapi/v1.json");
        Assert.Equal(200, status);
        return JsonNode.Parse(body)!;
    }
}

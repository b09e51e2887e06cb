using System.Text.Json;
using Penstock.Cli;
using Xunit;

namespace Penstock.Tests.Cli;

/// <summary>The protein commands over the demonstration's made-up proteins.</summary>
public sealed class ProteinsCommandTests
{
    [Fact]
    public async Task The_demo_ends_with_a_table_and_its_workspace_answers_questions_and_annotates_sequences()
    {
        using CliUnderTest cli = new();

        CliAnswer demo = await cli.RunAsync("demo", "proteins", ".", "--port", "0", "--exit", "--json");
        CliAnswer again = await cli.RunAsync("demo", "proteins", ".", "--port", "0", "--exit");
        CliAnswer status = await cli.RunAsync("proteins", "status", "--json");
        CliAnswer found = await cli.RunAsync("proteins", "search", "fam3", "--limit", "2", "--json");
        CliAnswer annotated = await cli.RunAsync("proteins", "annotate", "sample/sample_queries.fasta", "--watch", "-o", "out.tsv", "--json");
        CliAnswer tsv = await cli.RunAsync("proteins", "download", "predictions", "--cafa");
        CliAnswer results = await cli.RunAsync("proteins", "results");

        Assert.Equal(ExitCodes.Ok, demo.Exit);
        JsonElement measured = demo.Json.GetProperty("evaluation").GetProperty("results");
        Assert.Equal(["LK", "NK", "PK"], measured.EnumerateObject().Select(setting => setting.Name).Order());
        Assert.All(
            measured.EnumerateObject().SelectMany(setting => setting.Value.EnumerateObject()),
            aspect => Assert.InRange(aspect.Value.GetProperty("fmax").GetDouble(), 0.5, 1)); // relatives share functions, so it must be good
        Assert.Equal(ExitCodes.Ok, again.Exit);
        Assert.Equal(336, status.Json.GetProperty("proteins").GetProperty("total").GetInt32());
        Assert.Equal(2, status.Json.GetProperty("annotation_sets").GetArrayLength());
        Assert.Equal(2, found.Json.GetProperty("items").GetArrayLength());
        Assert.Equal(ExitCodes.Ok, annotated.Exit);
        long predictions = annotated.Json.GetProperty("set").GetProperty("prediction_count").GetInt64();
        Assert.Equal(predictions + 1, File.ReadLines(Path.Combine(cli.Folder, "out.tsv")).Count()); // and a header
        Assert.NotEmpty(tsv.Bytes);
        Assert.Contains("FMAX", results.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_said_with_the_command_that_makes_it()
    {
        using CliUnderTest cli = new();

        CliAnswer noOntology = await cli.RunAsync("proteins", "load-goa", "x.gaf", "--source-version", "1");
        CliAnswer noFile = await cli.RunAsync("proteins", "load-ontology", "missing.obo");
        CliAnswer neither = await cli.RunAsync("proteins", "load-proteins");

        Assert.Equal(ExitCodes.Usage, noOntology.Exit);
        Assert.Contains("penstock proteins load-ontology FILE", noOntology.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Refused, noFile.Exit);
        Assert.StartsWith("error[file-not-found]: ", noFile.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, neither.Exit);
    }
}

using System.Text.Json;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Proteins.Pipeline;

public sealed class HumanLoadTests
{
    [Fact]
    public async Task Loading_the_real_files_gives_the_counts_of_the_reference()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        JsonElement expected = JsonSerializer.Deserialize<JsonElement>(
            await File.ReadAllTextAsync(HumanData.PathOf("delta", "expected_stats.json")));
        await using ProteinPipeline pipeline = await ProteinPipeline.StartAsync(store: null);

        Guid snapshotId = await HumanData.LoadOntologyAsync(pipeline);
        Assert.Equal(expected.GetProperty("go_terms").GetInt64(), await pipeline.CountAsync("select count(*) from go_term"));
        foreach (JsonProperty kind in expected.GetProperty("relationships_loaded").EnumerateObject())
            Assert.Equal(
                kind.Value.GetInt64(),
                await pipeline.CountAsync($"select count(*) from go_term_relationship where relation_type = '{kind.Name}'"));

        JsonElement proteins = await HumanData.LoadProteinsAsync(pipeline);
        Assert.Equal(await pipeline.CountAsync("select count(*) from protein"), proteins.GetProperty("proteins_inserted").GetInt64());

        Dictionary<string, Guid> sets = [];
        foreach (JsonProperty load in expected.GetProperty("load").EnumerateObject())
        {
            JsonElement result = await HumanData.LoadGafAsync(pipeline, snapshotId, load.Name, proteaCompat: true);
            JsonElement compat = result.GetProperty("protea_compat");
            foreach (JsonProperty count in load.Value.EnumerateObject())
                Assert.Equal(count.Value.GetInt64(), compat.GetProperty(count.Name).GetInt64());
            Assert.Equal(
                load.Value.GetProperty("rows_in_table").GetInt64(),
                await pipeline.CountAsync($"select annotation_count from annotation_set where source_version = '{load.Name}'"));
            sets[load.Name] = result.GetProperty("annotation_set_id").GetGuid();
        }

        JsonElement delta = await pipeline.RunAsync(
            "generate_evaluation_set", new { old_annotation_set_id = sets["t0"], new_annotation_set_id = sets["t1"] });
        foreach (JsonProperty count in expected.GetProperty("stats").EnumerateObject())
            Assert.Equal(count.Value.GetInt64(), delta.GetProperty(count.Name).GetInt64());
    }
}

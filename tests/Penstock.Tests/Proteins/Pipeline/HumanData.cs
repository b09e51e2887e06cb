using System.Text.Json;
using Penstock.Testing;

namespace Penstock.Tests.Proteins.Pipeline;

/// <summary>Loads the real human data, as far as a test needs it.</summary>
internal static class HumanData
{
    public static string PathOf(params string[] parts) => SharedData.PathOf(["proteins", .. parts]);

    public static async Task<Guid> LoadOntologyAsync(ProteinPipeline pipeline) =>
        (await pipeline.RunAsync("load_ontology_snapshot", new { obo_url = PathOf("ontology", "go-2022-07-01.obo.gz") }))
        .GetProperty("ontology_snapshot_id").GetGuid();

    public static Task<JsonElement> LoadProteinsAsync(ProteinPipeline pipeline) =>
        pipeline.RunAsync("insert_proteins", new { fasta_url = PathOf("fasta", "human_A.fasta.gz") });

    /// <param name="date"><c>t0</c> or <c>t1</c>.</param>
    public static Task<JsonElement> LoadGafAsync(ProteinPipeline pipeline, Guid snapshotId, string date, bool proteaCompat) =>
        pipeline.RunAsync("load_goa_annotations", new
        {
            ontology_snapshot_id = snapshotId, gaf_url = PathOf("gaf", $"human_A_{date}.gaf.gz"), source_version = date,
            protea_compat = proteaCompat,
        });
}

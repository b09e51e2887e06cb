using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine.Jobs;
using Penstock.Proteins.Samples;
using Penstock.Sql;
using Xunit;

namespace Penstock.Tests.Proteins.Pipeline;

/// <summary>What a load that did not end leaves is invisible, and the next load clears it.</summary>
public abstract class StagedLoadTests
{
    /// <summary>Null: a file in the pipeline's folder.</summary>
    protected abstract string? NewStore();

    [Fact]
    public async Task A_broken_file_leaves_no_row_behind()
    {
        await using ProteinPipeline pipeline = await ProteinPipeline.StartAsync(NewStore());
        SampleFiles sample = SampleDataset.Write(pipeline.Folder);
        Guid snapshotId = await LoadOntologyAsync(pipeline, sample.Ontology);
        await pipeline.RunAsync("insert_proteins", new { fasta_url = sample.Fasta });
        // A megabyte of comments that do not compress, so that rows are stored long before the file breaks off.
        byte[] noise = new byte[1 << 20];
        new Random(1).NextBytes(noise);
        string comments = string.Join("\n!", Convert.ToHexString(noise).Chunk(1_000).Select(line => new string(line)));
        byte[] packed = Pack($"{await File.ReadAllTextAsync(sample.Older)}!{comments}\n");
        string cut = Path.Combine(pipeline.Folder, "cut.gaf.gz");
        await File.WriteAllBytesAsync(cut, packed[..(packed.Length - 20)]);

        Job failed = await pipeline.EndAsync("load_goa_annotations", new
        {
            ontology_snapshot_id = snapshotId, gaf_url = cut, source_version = "2020", page_size = 10,
        });
        Assert.Equal("gzip-truncated", failed.ErrorCode);
        Assert.Contains("load_goa_annotations.page_done", await pipeline.EventNamesAsync(failed.Id));
        Assert.Equal(
            (0, 0),
            (await pipeline.CountAsync("select count(*) from protein_go_annotation"), await pipeline.CountAsync("select count(*) from annotation_set")));
    }

    [Fact]
    public async Task What_a_dead_load_left_is_invisible_and_cleared_by_the_next_one()
    {
        await using ProteinPipeline pipeline = await ProteinPipeline.StartAsync(NewStore());
        SampleFiles sample = SampleDataset.Write(pipeline.Folder);
        Guid snapshotId = await LoadOntologyAsync(pipeline, sample.Ontology);
        await pipeline.RunAsync("insert_proteins", new { fasta_url = sample.Fasta });
        await pipeline.Services.GetRequiredService<SqlDatabase>().WriteAsync(
            async (session, token) =>
            {
                using SqlStatement set = session.Statement(
                    """
                    insert into annotation_set (id, source, source_version, ontology_snapshot_id, created_at)
                    values (@id, 'goa', '2020', @snapshot_id, '2026-01-01T00:00:00.000000Z')
                    """).Bind("id", "11111111-1111-7111-8111-111111111111").Bind("snapshot_id", snapshotId);
                await set.ExecuteAsync(token);
                using SqlStatement row = session.Statement(
                    """
                    insert into protein_go_annotation (annotation_set_id, protein_accession, go_term_id, qualifier, is_negated, evidence_code)
                    select @id, accession, 1, 'enables', 0, 'IDA' from protein
                    """).Bind("id", "11111111-1111-7111-8111-111111111111");
                await row.ExecuteAsync(token);
            },
            CancellationToken.None);
        Assert.Equal(0, (await pipeline.VisibleAsync())["annotation_set"]);

        JsonElement loaded = await pipeline.RunAsync("load_goa_annotations", new
        {
            ontology_snapshot_id = snapshotId, gaf_url = sample.Older, source_version = "2020",
        });
        Assert.Equal(loaded.GetProperty("annotations_inserted").GetInt64(), await pipeline.CountAsync("select count(*) from protein_go_annotation"));
        Assert.Equal(1, await pipeline.CountAsync("select count(*) from annotation_set"));
    }

    [Fact]
    public async Task An_ontology_that_broke_off_is_loaded_whole_the_next_time()
    {
        await using ProteinPipeline pipeline = await ProteinPipeline.StartAsync(NewStore());
        SampleFiles sample = SampleDataset.Write(pipeline.Folder);
        await pipeline.Services.GetRequiredService<SqlDatabase>().WriteAsync(
            async (session, token) =>
            {
                using SqlStatement snapshot = session.Statement(
                    """
                    insert into ontology_snapshot (id, obo_url, obo_version, obo_artifact, obo_sha256, loaded_at)
                    values (@id, 'x', 'releases/penstock-sample-1', 'x', 'x', '2026-01-01T00:00:00.000000Z')
                    """).Bind("id", "11111111-1111-7111-8111-111111111111");
                await snapshot.ExecuteAsync(token);
                using SqlStatement term = session.Statement(
                    "insert into go_term (ontology_snapshot_id, go_id, name, is_obsolete) values (@id, 'GO:9000000', 'x', 0)")
                    .Bind("id", "11111111-1111-7111-8111-111111111111");
                await term.ExecuteAsync(token);
            },
            CancellationToken.None);
        Assert.Equal(0, (await pipeline.VisibleAsync())["ontology_snapshot"]);

        await LoadOntologyAsync(pipeline, sample.Ontology);
        Assert.Equal((1, 151), (await pipeline.CountAsync("select count(*) from ontology_snapshot"), await pipeline.CountAsync("select count(*) from go_term")));
        Job again = await pipeline.EndAsync("load_ontology_snapshot", new { obo_url = sample.Ontology });
        Assert.True(JsonSerializer.Deserialize<JsonElement>(again.Result!).GetProperty("skipped").GetBoolean());
        Assert.Contains("load_ontology_snapshot.already_exists", await pipeline.EventNamesAsync(again.Id));
    }

    [Fact]
    public async Task An_annotation_and_its_NOT_are_both_kept()
    {
        await using ProteinPipeline pipeline = await ProteinPipeline.StartAsync(NewStore());
        SampleFiles sample = SampleDataset.Write(pipeline.Folder);
        Guid snapshotId = await LoadOntologyAsync(pipeline, sample.Ontology);
        await pipeline.RunAsync("insert_proteins", new { fasta_url = sample.Fasta });
        string row = File.ReadLines(sample.Older).First(line => line.Contains("\tinvolved_in\t", StringComparison.Ordinal));
        string gaf = pipeline.Write("not.gaf", $"!gaf-version: 2.2\n{row}\n{row.Replace("\tinvolved_in", "\tNOT|involved_in")}\n");
        await pipeline.RunAsync("load_goa_annotations", new { ontology_snapshot_id = snapshotId, gaf_url = gaf, source_version = "not" });
        Assert.Equal(
            (1, 1),
            (await pipeline.CountAsync("select count(*) from protein_go_annotation where is_negated = 0"),
             await pipeline.CountAsync("select count(*) from protein_go_annotation where is_negated = 1")));
    }

    private static async Task<Guid> LoadOntologyAsync(ProteinPipeline pipeline, string path) =>
        (await pipeline.RunAsync("load_ontology_snapshot", new { obo_url = path })).GetProperty("ontology_snapshot_id").GetGuid();

    private static byte[] Pack(string text)
    {
        using MemoryStream packed = new();
        using (System.IO.Compression.GZipStream gzip = new(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}

public sealed class StagedLoadsInSqlite : StagedLoadTests
{
    protected override string? NewStore() => null;
}

public sealed class StagedLoadsInPostgres : StagedLoadTests
{
    protected override string? NewStore() => PostgresBackend.NewStore();
}

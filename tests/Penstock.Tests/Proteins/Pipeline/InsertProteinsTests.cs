using System.Text.Json;
using Penstock.Engine.Jobs;
using Penstock.Proteins;
using Xunit;

namespace Penstock.Tests.Proteins.Pipeline;

public abstract class InsertProteinsTests
{
    /// <summary>Null: a file in the pipeline's folder.</summary>
    protected abstract string? NewStore();

    private const string First = ">sp|P00001|ONE_HUMAN One OS=Homo sapiens OX=9606 GN=ONE PE=1 SV=1\nMKLV\n>tr|P00001-2|ONE_HUMAN One OS=Homo sapiens OX=9606\nMKL\n";
    private const string Second = ">sp|P00002|TWO_HUMAN Two OS=Homo sapiens OX=9606 GN=TWO PE=1 SV=1\nMKLV\n";

    [Fact]
    public async Task A_search_is_read_page_by_page_through_refusals()
    {
        await using UniProtService uniprot = await UniProtService.StartAsync(First, Second);
        await using ProteinPipeline pipeline = await ProteinPipeline.StartAsync(NewStore(), new ProteinOptions { UniProtSearchUrl = uniprot.SearchUrl });
        uniprot.Refuse(429, retryAfter: "0");
        uniprot.Refuse(503);
        Job job = await pipeline.EndAsync("insert_proteins", new
        {
            search_criteria = "organism_id:9606 AND reviewed:true", page_size = 2, backoff_base_seconds = 0.001, jitter_seconds = 0,
        });
        JsonElement result = JsonSerializer.Deserialize<JsonElement>(job.Result!);
        Assert.Equal(
            (2, 3, 1, 3, 2, 1, 4, 2),
            (Number(result, "pages"), Number(result, "retrieved_records"), Number(result, "isoform_records"), Number(result, "proteins_inserted"),
             Number(result, "sequences_inserted"), Number(result, "sequences_reused"), Number(result, "http_requests"), Number(result, "http_retries")));
        Assert.Equal("?format=fasta&query=organism_id%3A9606%20AND%20reviewed%3Atrue&size=2&includeIsoform=true", uniprot.Queries[0]);
        Assert.EndsWith("&cursor=1", uniprot.Queries[^1], StringComparison.Ordinal);
        Assert.Equal((3, 3), (job.ProgressCurrent, job.ProgressTotal));

        IReadOnlyList<JobEvent> events = await pipeline.Jobs.EventsAsync(job.Id, 0, 100, CancellationToken.None);
        Assert.Equal(
            ["retry_after", "status_503"],
            events.Where(e => e.Name == "http.retry").Select(e => JsonSerializer.Deserialize<JsonElement>(e.Fields).GetProperty("reason").GetString()));
        Assert.Equal(1, await pipeline.CountAsync("select count(*) from protein where canonical_accession = 'P00001' and isoform_index = 2 and is_canonical = 0"));
    }

    [Fact]
    public async Task A_search_the_service_refuses_fails_at_once_and_a_busy_service_after_all_retries()
    {
        await using UniProtService uniprot = await UniProtService.StartAsync(First);
        await using ProteinPipeline pipeline = await ProteinPipeline.StartAsync(NewStore(), new ProteinOptions { UniProtSearchUrl = uniprot.SearchUrl });
        uniprot.Refuse(400);
        Assert.Equal("source-refused", await pipeline.FailAsync("insert_proteins", new { search_criteria = "nonsense:(" }));
        Assert.Single(uniprot.Queries);
        for (int i = 0; i < 3; i++)
            uniprot.Refuse(500);
        Assert.Equal("source-unreachable", await pipeline.FailAsync(
            "insert_proteins", new { search_criteria = "x", max_retries = 2, backoff_base_seconds = 0, jitter_seconds = 0 }));
        Assert.Equal(4, uniprot.Queries.Count);
        Assert.Equal(0, await pipeline.CountAsync("select count(*) from protein"));
    }

    [Fact]
    public async Task A_changed_sequence_becomes_the_protein_s_next_version_and_known_fields_stay()
    {
        await using ProteinPipeline pipeline = await ProteinPipeline.StartAsync(NewStore());
        await pipeline.RunAsync("insert_proteins", new { fasta_url = pipeline.Write("first.fasta", First) });
        string changed = First.Replace("MKLV", "MKLVV").Replace("GN=ONE", "GN=OTHER");
        JsonElement result = await pipeline.RunAsync("insert_proteins", new { fasta_url = pipeline.Write("changed.fasta", changed) });
        Assert.Equal((1, 1, 0), (Number(result, "sequences_changed"), Number(result, "proteins_updated"), Number(result, "proteins_inserted")));
        Assert.Equal(1, await pipeline.CountAsync(
            """
            select count(*) from protein p join sequence s on s.id = p.sequence_id
             where p.accession = 'P00001' and s.sequence = 'MKLVV' and p.length = 5 and p.sequence_version = 2 and p.gene_name = 'ONE'
            """));
        Assert.Equal(1, await pipeline.CountAsync(
            """
            select count(*) from protein_sequence_history h join sequence s on s.id = h.sequence_id
             where h.protein_accession = 'P00001' and h.version = 1 and s.sequence = 'MKLV'
            """));

        JsonElement again = await pipeline.RunAsync("insert_proteins", new { fasta_url = pipeline.Write("again.fasta", changed) });
        Assert.Equal((0, 0, 0), (Number(again, "proteins_inserted"), Number(again, "proteins_updated"), Number(again, "sequences_inserted")));
    }

    [Fact]
    public async Task A_protein_that_stands_twice_in_a_file_is_changed_by_its_second_record()
    {
        await using ProteinPipeline pipeline = await ProteinPipeline.StartAsync(NewStore());
        JsonElement result = await pipeline.RunAsync(
            "insert_proteins", new { fasta_url = pipeline.Write("twice.fasta", First + Second + First.Replace("MKLV", "MKLVV")) });
        Assert.Equal(
            (3, 1, 1, 3, 0),
            (Number(result, "proteins_inserted"), Number(result, "proteins_updated"), Number(result, "sequences_changed"),
             Number(result, "sequences_inserted"), Number(result, "sequences_reused")));
        Assert.Equal(1, await pipeline.CountAsync(
            """
            select count(*) from protein p join protein_sequence_history h on h.protein_accession = p.accession and h.version = 1
             where p.accession = 'P00001' and p.length = 5 and p.sequence_version = 2
            """));
    }

    [Fact]
    public async Task A_limit_cuts_the_load()
    {
        await using ProteinPipeline pipeline = await ProteinPipeline.StartAsync(NewStore());
        JsonElement result = await pipeline.RunAsync(
            "insert_proteins", new { fasta_url = pipeline.Write("all.fasta", First + Second), total_limit = 2, include_isoforms = false, page_size = 1 });
        Assert.Equal(2, Number(result, "proteins_inserted"));
        Assert.Equal(0, await pipeline.CountAsync("select count(*) from protein where is_canonical = 0"));
    }

    private static long Number(JsonElement result, string name) => result.GetProperty(name).GetInt64();
}

public sealed class InsertProteinsInSqlite : InsertProteinsTests
{
    protected override string? NewStore() => null;
}

public sealed class InsertProteinsInPostgres : InsertProteinsTests
{
    protected override string? NewStore() => PostgresBackend.NewStore();
}

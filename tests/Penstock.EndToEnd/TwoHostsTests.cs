using System.Text;
using Penstock.Client.Health;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Penstock.EndToEnd.Processes;
using Penstock.EndToEnd.Samples;
using Penstock.S3;
using Penstock.Testing;
using Penstock.Testing.Servers;
using Xunit;

namespace Penstock.EndToEnd;

/// <summary>Two workspaces with nothing in common but the addresses of a database, a broker and a bucket: one answers, the other works.</summary>
public sealed class TwoHostsTests
{
    private const int Queries = 60;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_prediction_over_two_hosts_equals_the_one_in_a_single_process()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        bool required = Environment.GetEnvironmentVariable("CI") is { Length: > 0 };
        PostgresServer.Require(Assert.SkipUnless);
        Assert.SkipUnless(required || RabbitMqBroker.Missing is null, RabbitMqBroker.Missing ?? "");
        Assert.SkipUnless(S3Server.SkipReason is null, S3Server.SkipReason ?? "");
        string fasta = await QueriesAsync();

        string single = await ServerProcess.NewWorkspaceAsync(Cancel);
        string expected;
        await using (ServerProcess server = await ServerProcess.StartAsync(single, Cancel))
            expected = await PredictAsync(server, fasta);

        string configuration = await SharedServersAsync();
        string answers = await WorkspaceAsync(configuration);
        string works = await WorkspaceAsync(configuration);
        await using ServerProcess distributed = await ServerProcess.StartAsync(answers, Cancel, "--no-workers");
        await using HelperProcess worker = HelperProcess.Work(works, "--slots", "2");
        string actual = await PredictAsync(distributed, fasta);

        Assert.True(expected.Split('\n').Length > Queries, "The prediction is nearly empty.");
        Assert.Equal(expected, actual);
        HealthCheckView broker = Assert.Single((await distributed.Client.ReadinessAsync(Cancel)).Checks, c => c.Name == "transport");
        Assert.StartsWith("Connected to RabbitMQ", broker.Detail, StringComparison.Ordinal);
        // Neither host kept anything of it.
        Assert.All((string[])[answers, works], host => Assert.Empty(Directory.GetFiles(Path.Combine(host, "data"), "*", SearchOption.AllDirectories)));
        Assert.Equal(0, await worker.StopAsync(Cancel));
    }

    private static async Task<string> PredictAsync(ServerProcess server, string fasta)
    {
        ProteinsClient proteins = server.Proteins;
        await SucceedAsync(await proteins.LoadOntologyAsync(new LoadOntologyRequest(SharedData.PathOf("proteins", "ontology", "go-2022-07-01.obo.gz")), Cancel));
        Guid snapshot = Assert.Single(await proteins.SnapshotsAsync(Cancel)).Id;
        await SucceedAsync(await proteins.InsertProteinsAsync(new InsertProteinsRequest(FastaUrl: SharedData.PathOf("proteins", "fasta", "human_A.fasta.gz")), Cancel));
        await SucceedAsync(await proteins.LoadGoaAsync(new LoadGoaRequest(snapshot, SharedData.PathOf("proteins", "gaf", "human_A_t0.gaf.gz"), "t0"), Cancel));
        Guid annotations = Assert.Single(await proteins.AnnotationSetsAsync(null, Cancel)).Id;
        using MemoryStream upload = new(Encoding.UTF8.GetBytes(fasta));
        QuerySet queries = await proteins.CreateQuerySetAsync("queries", null, upload, Cancel);
        Guid config = Assert.Single(await proteins.EmbeddingConfigsAsync(Cancel)).Id;
        await SucceedAsync(await proteins.ComputeEmbeddingsAsync(new ComputeEmbeddingsRequest(config), Cancel));
        await SucceedAsync(await proteins.PredictAsync(
            new PredictRequest(config, annotations, snapshot, QuerySetId: queries.Id, LimitPerEntry: 5, BatchSize: 7, ComputeRerankerFeatures: true), Cancel));
        Guid predictions = Assert.Single(await proteins.PredictionSetsAsync(Cancel)).Id;
        await using Stream table = await proteins.OpenPredictionsAsync(predictions, null, null, null, Cancel);
        using StreamReader reader = new(table);
        return await reader.ReadToEndAsync(Cancel);

        Task<JobDetail> SucceedAsync(QueuedJob job) => LoadedWorkspace.SucceedAsync(server, job, Cancel);
    }

    /// <returns>The lines of penstock.yaml that both hosts have.</returns>
    private static async Task<string> SharedServersAsync() => $"""
        {await SharedServers.ConfigurationAsync("two_hosts")}
        transport:
          kind: rabbitmq
          url: amqp://guest:guest@127.0.0.1:{(await RabbitMqBroker.StartAsync()).Port}/

        """;

    private static async Task<string> WorkspaceAsync(string configuration)
    {
        string folder = await ServerProcess.NewWorkspaceAsync(Cancel);
        await File.AppendAllTextAsync(Path.Combine(folder, "penstock.yaml"), configuration, Cancel);
        return folder;
    }

    private static async Task<string> QueriesAsync()
    {
        HashSet<string> wanted = [.. (await File.ReadAllLinesAsync(SharedData.PathOf("proteins", "e2e", "queries.txt"), Cancel)).Take(Queries)];
        await using FileStream file = File.OpenRead(SharedData.PathOf("proteins", "fasta", "human_A.fasta.gz"));
        using StreamReader reader = new(new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress));
        string[] entries = (await reader.ReadToEndAsync(Cancel)).Split('>', StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(entries.Where(e => wanted.Contains(e.Split('|')[1])).Select(e => $">{e}"));
    }
}

using System.Text;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Penstock.EndToEnd.Processes;
using Xunit;

namespace Penstock.EndToEnd.Samples;

/// <summary>A sample in a running server: everything a prediction needs.</summary>
internal sealed record LoadedWorkspace(Guid SnapshotId, Guid AnnotationSetId, Guid EmbeddingConfigId, Guid QuerySetId)
{
    /// <summary>Loads ontology, proteins, annotations and queries through the API, and embeds all sequences.</summary>
    public static async Task<LoadedWorkspace> LoadAsync(ServerProcess server, ProteinSample sample, CancellationToken cancellationToken)
    {
        string input = Directory.CreateDirectory(Path.Combine(server.Workspace, "input")).FullName;
        ProteinsClient proteins = server.Proteins;
        await SucceedAsync(server, await proteins.LoadOntologyAsync(new LoadOntologyRequest(Write(input, "go.obo", sample.Obo)), cancellationToken), cancellationToken);
        Guid snapshot = Assert.Single(await proteins.SnapshotsAsync(cancellationToken)).Id;
        await SucceedAsync(
            server, await proteins.InsertProteinsAsync(new InsertProteinsRequest(FastaUrl: Write(input, "references.fasta", sample.ReferenceFasta)), cancellationToken),
            cancellationToken);
        await SucceedAsync(
            server, await proteins.LoadGoaAsync(new LoadGoaRequest(snapshot, Write(input, "goa.gaf", sample.Gaf), "sample"), cancellationToken), cancellationToken);
        Guid annotations = Assert.Single(await proteins.AnnotationSetsAsync(null, cancellationToken)).Id;
        using MemoryStream fasta = new(Encoding.UTF8.GetBytes(sample.QueryFasta));
        QuerySet queries = await proteins.CreateQuerySetAsync("sample", null, fasta, cancellationToken);
        Guid config = Assert.Single(await proteins.EmbeddingConfigsAsync(cancellationToken)).Id;
        await SucceedAsync(server, await proteins.ComputeEmbeddingsAsync(new ComputeEmbeddingsRequest(config), cancellationToken), cancellationToken);
        return new LoadedWorkspace(snapshot, annotations, config, queries.Id);
    }

    /// <summary>A prediction of all queries, one item of the batch each.</summary>
    /// <param name="neighbours">The more there are, the more an item has to write.</param>
    public Task<QueuedJob> PredictAsync(ServerProcess server, int neighbours, CancellationToken cancellationToken) =>
        server.Proteins.PredictAsync(
            new PredictRequest(EmbeddingConfigId, AnnotationSetId, SnapshotId, QuerySetId: QuerySetId, LimitPerEntry: neighbours, BatchSize: 1, ComputeRerankerFeatures: true),
            cancellationToken);

    public static async Task<JobDetail> SucceedAsync(ServerProcess server, QueuedJob queued, CancellationToken cancellationToken)
    {
        JobDetail job = await server.Client.WaitForJobAsync(queued.Id, null, cancellationToken);
        Assert.True(job.Status == "succeeded", $"{job.Operation} ended {job.Status}: {job.ErrorCode} {job.ErrorMessage}");
        return job;
    }

    private static string Write(string folder, string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}

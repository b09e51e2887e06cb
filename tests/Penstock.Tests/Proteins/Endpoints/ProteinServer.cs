using Microsoft.Extensions.DependencyInjection;
using Penstock.Client;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Penstock.Proteins.Samples;
using Penstock.Tests.Server;
using Xunit;

namespace Penstock.Tests.Proteins.Endpoints;

/// <summary>The whole server, asked as users ask it, with the sample at hand.</summary>
internal sealed class ProteinServer : IAsyncDisposable
{
    private ProteinServer(ServerUnderTest server, SampleFiles sample)
    {
        Server = server;
        Sample = sample;
        Proteins = new ProteinsClient(server.Admin);
    }

    public ServerUnderTest Server { get; }
    public SampleFiles Sample { get; }
    public ProteinsClient Proteins { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="backend">Puts it on another database than the workspace's own file.</param>
    public static async Task<ProteinServer> StartAsync(Action<IServiceCollection>? backend = null)
    {
        ServerUnderTest server = await ServerUnderTest.StartAsync(services: backend);
        return new ProteinServer(server, SampleDataset.Write(Path.Combine(server.Workspace.Root, "sample")));
    }

    /// <summary>Ontology, proteins and both annotation sets of the sample.</summary>
    public async Task<LoadedSample> LoadSampleAsync()
    {
        JobDetail ontology = await SucceedAsync(await Proteins.LoadOntologyAsync(new LoadOntologyRequest(Sample.Ontology), Cancel));
        await SucceedAsync(await Proteins.InsertProteinsAsync(new InsertProteinsRequest(FastaUrl: Sample.Fasta), Cancel));
        Guid snapshotId = ontology.Result!.Value.GetProperty("ontology_snapshot_id").GetGuid();
        return new LoadedSample(
            snapshotId, await LoadGafAsync(snapshotId, Sample.Older, "2020"), await LoadGafAsync(snapshotId, Sample.Newer, "2024"));
    }

    public async Task<Guid> LoadGafAsync(Guid snapshotId, string path, string version) =>
        (await SucceedAsync(await Proteins.LoadGoaAsync(new LoadGoaRequest(snapshotId, path, version), Cancel)))
        .Result!.Value.GetProperty("annotation_set_id").GetGuid();

    public async Task<JobDetail> SucceedAsync(QueuedJob queued)
    {
        JobDetail job = await EndAsync(queued.Id);
        Assert.True(job.Status == "succeeded", $"{job.Operation} {job.Status}: {job.ErrorCode} {job.ErrorMessage}");
        return job;
    }

    public Task<JobDetail> EndAsync(Guid jobId) => Server.Admin.WaitForJobAsync(jobId, null, Cancel);

    public static async Task<string> TextAsync(Task<Stream> opening)
    {
        await using Stream stream = await opening;
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync(Cancel);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

internal sealed record LoadedSample(Guid SnapshotId, Guid OlderSetId, Guid NewerSetId);

using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.Proteins;
using Penstock.Sql;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Proteins.Pipeline;

/// <summary>The protein pipeline on a real store and worker, in a folder of its own.</summary>
internal sealed class ProteinPipeline : IAsyncDisposable
{
    private readonly TestEngine _engine;

    private ProteinPipeline(TestEngine engine, string folder) => (_engine, Folder) = (engine, folder);

    public string Folder { get; }
    public IServiceProvider Services => _engine.Services;
    public IJobReader Jobs => _engine.Reader;

    /// <param name="store">The connection string of a PostgreSQL database; null: a file in the folder.</param>
    public static async Task<ProteinPipeline> StartAsync(string? store, ProteinOptions? options = null)
    {
        string folder = Directory.CreateTempSubdirectory("penstock-proteins-").FullName;
        TestEngine engine = await TestEngine.StartAsync(
            builder => builder.AddProteins(options),
            store ?? Path.Combine(folder, "penstock.db"),
            before: services => services.AddSingleton<IArtifactStore>(p => new FolderArtifactStore(
                Path.Combine(folder, "artifacts"), TimeProvider.System, p.GetRequiredService<IdGenerator>())));
        engine.RunWorker();
        return new ProteinPipeline(engine, folder);
    }

    /// <summary>Runs an operation and gives its result; fails the test with the job's own error if it did not succeed.</summary>
    public async Task<JsonElement> RunAsync(string operation, object payload, TimeSpan? within = null)
    {
        Job job = await EndAsync(operation, payload, within);
        Assert.True(job.Status == JobStatus.Succeeded, $"{operation} {job.Status}: {job.ErrorCode} {job.ErrorMessage}");
        return JsonSerializer.Deserialize<JsonElement>(job.Result!);
    }

    /// <summary>Runs an operation that must fail, and gives its error code.</summary>
    public async Task<string?> FailAsync(string operation, object payload)
    {
        Job job = await EndAsync(operation, payload, null);
        Assert.Equal(JobStatus.Failed, job.Status);
        return job.ErrorCode;
    }

    public async Task<Job> EndAsync(string operation, object payload, TimeSpan? within = null)
    {
        EnqueueResult job = await _engine.Client.EnqueueAsync(new NewJob(operation, JsonSerializer.Serialize(payload)), CancellationToken.None);
        return await _engine.WaitForEndAsync(job.JobId, within ?? TimeSpan.FromMinutes(2));
    }

    public Task<Job> WaitAsync(Guid jobId) => _engine.WaitForEndAsync(jobId, TimeSpan.FromMinutes(2));

    public async Task<IReadOnlyList<string>> EventNamesAsync(Guid jobId) =>
        [.. (await Jobs.EventsAsync(jobId, 0, 2_000, CancellationToken.None)).Select(e => e.Name)];

    /// <summary>The first column of the first row.</summary>
    public Task<long> CountAsync(string sql) =>
        _engine.Database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(sql);
                return await statement.ScalarAsync<long>(token);
            },
            CancellationToken.None);

    /// <summary>Rows of every table of this pipeline that a user can see: what must not change when an input is refused.</summary>
    public async Task<IReadOnlyDictionary<string, long>> VisibleAsync()
    {
        string[] tables =
        [
            "protein", "query_set", "query_set_entry", "prediction_set", "go_prediction", "evaluation_set", "evaluation_result",
            "embedding_config", "sequence_embedding", "information_accretion_set",
        ];
        Dictionary<string, long> counts = [];
        foreach (string table in tables)
            counts[table] = await CountAsync($"select count(*) from {table}");
        counts["ontology_snapshot"] = await CountAsync("select count(*) from ontology_snapshot where published_at is not null");
        counts["annotation_set"] = await CountAsync("select count(*) from annotation_set where published_at is not null");
        return counts;
    }

    public string Write(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

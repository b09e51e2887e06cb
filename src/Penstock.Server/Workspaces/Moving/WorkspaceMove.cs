using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Penstock.Engine;
using Penstock.Engine.Storage;
using Penstock.Postgres;
using Penstock.Postgres.Moving;
using Penstock.S3;
using Penstock.Server.Workspaces.Configuration;
using Penstock.Sql;
using Penstock.Sqlite;

namespace Penstock.Server.Workspaces.Moving;

/// <summary>Everything an embedded workspace has stored, into a workspace on PostgreSQL. The old one stays as it is.</summary>
/// <param name="target">The services of a server in the new workspace that is never started.</param>
public sealed class WorkspaceMove(Workspace source, Workspace target, IServiceProvider services, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Artifacts first: rows refer to them, and they can be copied twice. All that can be refused is refused before.</summary>
    /// <exception cref="PenstockException">With what stands in the way, or what did not arrive whole.</exception>
    public async Task<MoveReport> RunAsync(Action<MoveProgress> tell, CancellationToken cancellationToken)
    {
        PostgresDatabase database = services.GetService<PostgresDatabase>() ?? throw new MoveTargetEmbeddedException(target.Root);
        ArtifactSettings sourceArtifacts = CheckSource();
        using WorkspaceLock here = await WorkspaceLock.AcquireAsync(target, Patience, time, cancellationToken);
        using WorkspaceLock there = await WorkspaceLock.AcquireAsync(source, Patience, time, cancellationToken);
        if (WorkerSeat.FindTaken(source) is { } seat)
            throw new MoveSourceException(source.Root, $"a worker process (work-{seat}) works there. Stop it first.");
        await using SqliteDatabase embedded = new(new SqliteOptions(source.DatabaseFile));
        await CheckSchemaAsync(embedded, cancellationToken);
        TableMove tables = new(database, embedded, time);
        await tables.CheckEmptyAsync(cancellationToken);
        await services.GetRequiredService<Migrator>().MigrateAsync(cancellationToken);

        MovedArtifacts artifacts = await CopyArtifactsAsync(sourceArtifacts, tell, cancellationToken);
        IReadOnlyList<MovedTable> rows = await tables.RunAsync(tell, cancellationToken);
        return new MoveReport(rows, artifacts, NeedsPayloadKeys());
    }

    /// <remarks>By its file alone: the variables of this process are about the new workspace.</remarks>
    private ArtifactSettings CheckSource()
    {
        if (source.Root == target.Root)
            throw new MoveSourceException(source.Root, "it is this workspace itself. Make another one for PostgreSQL ('penstock init'), and move there.");
        PenstockSettings settings = EffectiveConfiguration.Load(source, new Dictionary<string, string>(), []).Settings;
        if (settings.Store.IsPostgres)
            throw new MoveSourceException(source.Root, "its penstock.yaml names PostgreSQL, where its jobs are already. Copy that database with PostgreSQL's own programs.");
        if (!File.Exists(source.DatabaseFile))
            throw new MoveSourceException(source.Root, $"there is no database in it ({source.DatabaseFile}), so there is nothing to move.");
        return settings.Artifacts;
    }

    private async Task CheckSchemaAsync(SqlDatabase embedded, CancellationToken cancellationToken)
    {
        SchemaState state = await new Migrator(embedded, services.GetServices<MigrationSource>(), time).CompareAsync(cancellationToken);
        if (state.Areas.Count == 0)
            throw new MoveSourceException(source.Root, "its database has no tables, so there is nothing to move.");
        if (state.Pending.FirstOrDefault(m => state.Areas.Contains(m.Area)) is { } behind)
            throw new MoveSchemaDiffersException(
                $"The database of {source.Root} is of an older version: it lacks migration {behind.Area} {behind.Number:0000}. " +
                "Bring it forward with this program ('penstock db migrate' there), then move it.");
        if (state.ForeignAreas.Count > 0)
            throw new MoveSchemaDiffersException(
                $"{source.Root} has tables of {string.Join(", ", state.ForeignAreas)}, which this workspace does not know. " +
                "Name the same pipelines in its penstock.yaml.");
    }

    private async Task<MovedArtifacts> CopyArtifactsAsync(ArtifactSettings settings, Action<MoveProgress> tell, CancellationToken cancellationToken)
    {
        IArtifactStore target = services.GetRequiredService<IArtifactStore>();
        if (!settings.AreOnS3)
            return await ArtifactCopy.RunAsync(
                new FolderArtifactStore(source.ArtifactFolder, time, services.GetRequiredService<IdGenerator>()), target, tell, cancellationToken);
        // Files may have gone to a bucket before; where it is the new one's, they are only counted.
        using S3ArtifactStore bucket = new(
            settings.ToS3(source), time, services.GetRequiredService<IdGenerator>(), services.GetRequiredService<ILogger<S3ArtifactStore>>());
        return await ArtifactCopy.RunAsync(bucket, target, tell, cancellationToken);
    }

    /// <summary>Keys are secrets: nobody copies them unasked.</summary>
    private bool NeedsPayloadKeys() =>
        File.Exists(source.PayloadKeyFile) && !(File.Exists(target.PayloadKeyFile) && File.ReadAllText(target.PayloadKeyFile) == File.ReadAllText(source.PayloadKeyFile));
}

/// <param name="NeedsPayloadKeys">The old workspace has keys of encrypted payloads that the new one has not.</param>
public sealed record MoveReport(IReadOnlyList<MovedTable> Tables, MovedArtifacts Artifacts, bool NeedsPayloadKeys);

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Cli.Commands;
using Penstock.Engine;
using Penstock.Engine.Storage;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;

namespace Penstock.Cli.Doctor;

/// <summary>Whether artifacts can be stored, read back, listed and deleted where the configuration says.</summary>
internal sealed class ArtifactCheck(CommandRun run, Workspace workspace, EffectiveConfiguration configuration)
{
    private const string Check = "artifacts";

    /// <summary>The store itself tries again and again; a person at a terminal wants to know.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        await using WebApplication app = DatabaseCommands.Compose(run, workspace);
        // The folder is below the one that was found to be writable.
        if (app.Services.GetRequiredService<IArtifactStore>() is not IArtifactProbe store)
        {
            return configuration.Settings.Store.IsPostgres
                ? Finding.Warning(Check, $"{workspace.ArtifactFolder}, of this host alone, while the store is for many", "Share the folder between the hosts, or set artifacts.kind to s3, before workers run on another one.")
                : Finding.Ok(Check, workspace.ArtifactFolder);
        }
        using CancellationTokenSource limit = new(Patience, run.Time);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return Finding.Ok(Check, $"{await store.ProbeAsync(linked.Token)}: written, read back, listed, deleted");
        }
        catch (PenstockException error)
        {
            return Finding.Error(Check, error.Message, $"Look at the settings with: penstock config show --section artifacts (error {error.Code})");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Finding.Error(Check, $"no answer within {Patience.TotalSeconds:F0} s", "Is the address right, and the server reachable from here? penstock config show --section artifacts");
        }
    }
}

using Penstock.Client.Proteins;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Proteins.Input;
using Penstock.Proteins.Loading;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Operations;

/// <summary>Finds the information accretion an evaluation weighs terms by.</summary>
internal sealed class AccretionSource(SourceOpener sources, InformationAccretionStore accretions, IArtifactStore artifacts)
{
    public const string MissingWarning =
        "No information accretion: the weighted measures are left out. Give ia_file, set the snapshot's ia_url, or run " +
        "compute_information_accretion on the older annotation set.";

    private const string UsualRegime = "lafa";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    /// <summary>The file given, else the snapshot's, else the one computed from the older set; null: none, with a warning event.</summary>
    public async Task<InputFile?> FindAsync(
        string? given, OntologySnapshot snapshot, Guid olderSetId, JobContext job, CancellationToken cancellationToken)
    {
        string? source = given?.Trim() ?? snapshot.IaUrl;
        if (source is null && await accretions.FindAsync(olderSetId, UsualRegime, cancellationToken) is { } computed)
        {
            await job.EmitAsync("run_cafa_evaluation.ia_resolved", new { Source = computed.Artifact }, cancellationToken);
            return await artifacts.ReadFileAsync(computed.Artifact, cancellationToken);
        }
        if (source is null)
        {
            await job.EmitAsync("run_cafa_evaluation.ia_missing", null, cancellationToken, MissingWarning, JobEventLevel.Warning);
            return null;
        }
        await job.EmitAsync("run_cafa_evaluation.downloading_ia", new { Source = source }, cancellationToken);
        await using Stream content = await sources.OpenAsync(source, Timeout, cancellationToken);
        InputFile file = await ArtifactFiles.ReadFileAsync(content, Path.GetFileName(source), cancellationToken);
        await job.EmitAsync("run_cafa_evaluation.ia_resolved", new { Source = source }, cancellationToken);
        return file;
    }
}

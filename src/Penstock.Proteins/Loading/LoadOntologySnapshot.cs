using Penstock.Client.Proteins;
using Penstock.Engine;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Proteins.Input;
using Penstock.Proteins.Ontology;
using Penstock.Proteins.Operations;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Loading;

/// <summary>Loads one version of the Gene Ontology, and keeps its file.</summary>
/// <remarks>
/// Safe to run again: a version is loaded once. Rows are staged and published at the end; what a crash left is cleared
/// before the next load of that version.
/// </remarks>
internal sealed class LoadOntologySnapshot(
    OntologyStore ontologies, SourceOpener sources, IArtifactStore artifacts, StagedLoads staged, IdGenerator ids)
    : Operation<LoadOntologySnapshot.Payload, LoadOntologySnapshot.Result>
{
    public const string OperationName = "load_ontology_snapshot";

    private static readonly PayloadCheck Check = new(OperationName);

    public sealed record Payload(string OboUrl, double TimeoutSeconds = 120);

    /// <param name="Skipped">The version had been loaded before.</param>
    public sealed record Result(
        Guid OntologySnapshotId, string OboVersion, bool Skipped, int TermsInserted, int RelationshipsInserted, double ElapsedSeconds);

    public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        Validate(payload);
        string url = payload.OboUrl.Trim();
        long startedAt = job.Time.GetTimestamp();
        await job.EmitAsync("load_ontology_snapshot.start", new { OboUrl = url }, cancellationToken);

        InputFile file = await DownloadAsync(url, payload.TimeoutSeconds, job, cancellationToken);
        OntologyDocument document = OboParser.Parse(file, cancellationToken);
        await job.EmitAsync("load_ontology_snapshot.version", new { OboVersion = document.Version }, cancellationToken);
        await job.EmitAsync("load_ontology_snapshot.parsed", new { TermCount = document.Terms.Count, document.Skipped }, cancellationToken);

        if (await ontologies.FindVersionAsync(document.Version, cancellationToken) is { } existing)
        {
            await job.EmitAsync(
                "load_ontology_snapshot.already_exists", new { OntologySnapshotId = existing.Id, existing.OboVersion }, cancellationToken);
            return new Result(existing.Id, existing.OboVersion, true, 0, 0, job.Time.GetElapsedTime(startedAt).TotalSeconds);
        }
        Guid snapshotId = await StageAsync(url, file, document, job, cancellationToken);
        int edges = await WriteAsync(snapshotId, document, job, cancellationToken);
        await ontologies.PublishAsync(snapshotId, document.Terms.Count, edges, cancellationToken);
        Result result = new(
            snapshotId, document.Version, false, document.Terms.Count, edges, job.Time.GetElapsedTime(startedAt).TotalSeconds);
        await job.EmitAsync("load_ontology_snapshot.done", result, cancellationToken);
        return result;
    }

    /// <summary>Checks values; for endpoints too.</summary>
    internal void Validate(Payload payload)
    {
        sources.Check(Check.Text("obo_url", payload.OboUrl));
        Check.InRange("timeout_seconds", payload.TimeoutSeconds, 0.001, 86_400);
    }

    private async Task<InputFile> DownloadAsync(string url, double timeoutSeconds, JobContext job, CancellationToken cancellationToken)
    {
        await job.EmitAsync("load_ontology_snapshot.download_start", new { Url = url }, cancellationToken);
        await using Stream source = await sources.OpenAsync(url, TimeSpan.FromSeconds(timeoutSeconds), cancellationToken);
        using MemoryStream content = new();
        await source.CopyToAsync(content, cancellationToken);
        await job.EmitAsync("load_ontology_snapshot.download_done", new { Bytes = content.Length }, cancellationToken);
        return InputFile.FromBytes(url, content.ToArray());
    }

    private async Task<Guid> StageAsync(
        string url, InputFile file, OntologyDocument document, JobContext job, CancellationToken cancellationToken)
    {
        if (await ontologies.FindStagedAsync(document.Version, cancellationToken) is { } left)
        {
            if (!await staged.IsAbandonedAsync(left, job.JobId, cancellationToken))
                throw StagedLoads.Busy(left);
            await ontologies.ClearStagedAsync(left.Id, cancellationToken);
        }
        // The file is kept under the version's name: evaluation reads it from here, never from its address again.
        string name = $"proteins/ontology/{ArtifactFiles.NamePart(document.Version)}.obo";
        await using Stream content = file.Open();
        Artifact artifact = await artifacts.PutAsync(name, content, "text/plain", cancellationToken);
        Guid snapshotId = ids.NewId();
        await ontologies.StageAsync(snapshotId, url, document.Version, artifact.Name, artifact.Sha256, job.JobId, cancellationToken);
        return snapshotId;
    }

    private async Task<int> WriteAsync(Guid snapshotId, OntologyDocument document, JobContext job, CancellationToken cancellationToken)
    {
        long done = 0;
        long total = document.Terms.Count + document.RelationshipCount;
        foreach (OntologyTerm[] part in document.Terms.Chunk(OntologyStore.RowsPerWrite))
        {
            await ontologies.InsertTermsAsync(snapshotId, part, cancellationToken);
            await job.ProgressAsync("load_ontology_snapshot.terms_inserted", done += part.Length, total, null, cancellationToken);
        }
        List<StoredTerm> terms = await ontologies.TermsAsync(snapshotId, cancellationToken);
        Dictionary<string, long> idOf = terms.ToDictionary(t => t.GoId, t => t.Id, StringComparer.Ordinal);
        foreach (StoredEdge[] part in Edges(document, idOf).Chunk(OntologyStore.RowsPerWrite))
        {
            await ontologies.InsertEdgesAsync(snapshotId, part, cancellationToken);
            await job.ProgressAsync("load_ontology_snapshot.relationships_inserted", done += part.Length, total, null, cancellationToken);
        }
        return (int)(done - document.Terms.Count);
    }

    private static IEnumerable<StoredEdge> Edges(OntologyDocument document, Dictionary<string, long> idOf)
    {
        foreach (OntologyTerm term in document.Terms)
        {
            foreach (string parent in term.IsA)
                yield return new StoredEdge(idOf[term.Id], idOf[parent], RelationKind.IsA);
            foreach (OntologyRelationship relationship in term.Relationships)
                yield return new StoredEdge(idOf[term.Id], idOf[relationship.TargetId], relationship.Kind);
        }
    }
}

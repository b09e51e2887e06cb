using Penstock.Client.Proteins;
using Penstock.Engine;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Proteins.Annotations;
using Penstock.Proteins.Ontology;
using Penstock.Proteins.Operations;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Loading;

/// <summary>Loads a GAF file as an annotation set.</summary>
/// <remarks>
/// Safe to run again: a set is unique by source, version and ontology, and published only when its file has been read to
/// the end. What a crash left is invisible and cleared by the next load.
/// </remarks>
internal sealed class LoadGoaAnnotations(
    AnnotationStore annotations, OntologyStore ontologies, ProteinCatalog proteins, OntologyGraphs graphs, SourceOpener sources,
    StagedLoads staged, IdGenerator ids)
    : Operation<LoadGoaAnnotations.Payload, LoadGoaAnnotations.Result>
{
    public const string OperationName = "load_goa_annotations";
    public const string Source = "goa";

    /// <summary>Of a version's name, which is part of a key.</summary>
    private const int VersionCharsMax = 200;

    private static readonly PayloadCheck Check = new(OperationName);

    /// <param name="PageSize">Rows between two progress events.</param>
    /// <param name="TotalLimit">Stop after this many accepted rows.</param>
    /// <param name="ProteaCompat">
    /// Keep the rows PROTEA keeps, to compare results with it: a row and its NOT are one, the first stays; alternative ids
    /// are unknown terms.
    /// </param>
    public sealed record Payload(
        Guid OntologySnapshotId, string GafUrl, string SourceVersion, int PageSize = 10_000, double TimeoutSeconds = 300,
        long? TotalLimit = null, bool ProteaCompat = false);

    /// <param name="AnnotationSetId">Null: there was no protein to annotate, so no set was made.</param>
    /// <param name="Skipped">The same source, version and ontology had been loaded before.</param>
    /// <param name="TotalLinesRead">Lines with all columns.</param>
    /// <param name="AnnotationsSkipped">Lines that gave no row; <paramref name="SkippedByReason"/> adds the short ones.</param>
    public sealed record Result(
        Guid? AnnotationSetId, bool Skipped, int Pages, long TotalLinesRead, long AnnotationsInserted, long AnnotationsSkipped,
        long AlternativeIdsResolved, IReadOnlyDictionary<string, long> SkippedByReason, ProteaCounts ProteaCompat, double ElapsedSeconds);

    /// <summary>The same file as PROTEA counts it: see <see cref="GafCounts"/>.</summary>
    public sealed record ProteaCounts(long TotalLinesRead, long AnnotationsInserted, long AnnotationsSkipped, long RowsInTable);

    public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        payload = Validated(payload);
        long startedAt = job.Time.GetTimestamp();
        await job.EmitAsync("load_goa_annotations.start", payload, cancellationToken);
        OntologySnapshot snapshot = await ontologies.GetAsync(payload.OntologySnapshotId, cancellationToken);
        if (await annotations.FindAsync(Source, payload.SourceVersion, snapshot.Id, cancellationToken) is { } existing)
        {
            await job.EmitAsync("load_goa_annotations.already_exists", new { AnnotationSetId = existing.Id }, cancellationToken);
            return Finish(existing.Id, true, 0, new GafCounts(), job, startedAt);
        }
        HashSet<string> accessions = await LoadAccessionsAsync(job, cancellationToken);
        if (accessions.Count == 0)
            return Finish(null, false, 0, new GafCounts(), job, startedAt);
        OntologyGraph graph = await graphs.GetAsync(snapshot, cancellationToken);
        Dictionary<string, long> termIds = await LoadTermsAsync(snapshot.Id, job, cancellationToken);

        Guid setId = await StageAsync(payload, job, cancellationToken);
        GafParser parser = new(accessions.Contains, Resolver(graph, payload.ProteaCompat), payload.PageSize);
        (int pages, long inserted) = await ReadOrClearAsync(setId, payload, parser, termIds, job, cancellationToken);
        Result result = Finish(setId, false, pages, parser.Counts, job, startedAt, payload.ProteaCompat);
        string meta = PayloadJson.Write(new
        {
            payload.GafUrl, GafVersion = parser.Counts.Version, result.TotalLinesRead, result.AlternativeIdsResolved, result.SkippedByReason,
            payload.TotalLimit, payload.ProteaCompat,
        });
        await annotations.PublishAsync(setId, inserted, meta, cancellationToken);
        await job.EmitAsync("load_goa_annotations.done", result, cancellationToken);
        return result;
    }

    /// <summary>The payload with its texts trimmed, if its values are right; for endpoints too.</summary>
    internal Payload Validated(Payload payload)
    {
        Payload trimmed = payload with
        {
            GafUrl = Check.Text("gaf_url", payload.GafUrl), SourceVersion = Check.Text("source_version", payload.SourceVersion, VersionCharsMax),
        };
        Check.InRange("page_size", payload.PageSize, 1, 1_000_000);
        Check.InRange("timeout_seconds", payload.TimeoutSeconds, 0.001, 86_400);
        Check.AtLeast("total_limit", payload.TotalLimit, 1);
        sources.Check(trimmed.GafUrl);
        return trimmed;
    }

    private static Func<string, string?> Resolver(OntologyGraph graph, bool proteaCompat) => id =>
        (proteaCompat ? graph.TryGetIndex(id, out int term) : graph.TryResolve(id, out term)) ? graph.TermAt(term).Id : null;

    private async Task<HashSet<string>> LoadAccessionsAsync(JobContext job, CancellationToken cancellationToken)
    {
        await job.EmitAsync("load_goa_annotations.load_accessions_start", null, cancellationToken);
        HashSet<string> accessions = await proteins.CanonicalAccessionsAsync(cancellationToken);
        await job.EmitAsync(
            "load_goa_annotations.load_accessions_done", new { CanonicalAccessions = accessions.Count }, cancellationToken);
        if (accessions.Count == 0)
            await job.EmitAsync(
                "load_goa_annotations.no_proteins", null, cancellationToken,
                "No protein is stored, so no annotation could be kept. Load proteins first.", JobEventLevel.Warning);
        return accessions;
    }

    private async Task<Dictionary<string, long>> LoadTermsAsync(Guid snapshotId, JobContext job, CancellationToken cancellationToken)
    {
        await job.EmitAsync("load_goa_annotations.load_go_terms_start", null, cancellationToken);
        List<StoredTerm> terms = await ontologies.TermsAsync(snapshotId, cancellationToken);
        await job.EmitAsync("load_goa_annotations.load_go_terms_done", new { GoTerms = terms.Count }, cancellationToken);
        return terms.ToDictionary(t => t.GoId, t => t.Id, StringComparer.Ordinal);
    }

    private async Task<Guid> StageAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        foreach (StagedAnnotationSet left in await annotations.StagedAsync(cancellationToken))
        {
            if (await staged.IsAbandonedAsync(left, job.JobId, cancellationToken))
                await annotations.ClearStagedAsync(left.Id, cancellationToken);
            else if (left.Source == Source && left.Version == payload.SourceVersion && left.SnapshotId == payload.OntologySnapshotId)
                throw StagedLoads.Busy(left);
        }
        Guid setId = ids.NewId();
        await annotations.StageAsync(setId, Source, payload.SourceVersion, payload.OntologySnapshotId, job.JobId, cancellationToken);
        await job.EmitAsync("load_goa_annotations.annotation_set_created", new { AnnotationSetId = setId }, cancellationToken);
        return setId;
    }

    private async Task<(int Pages, long Inserted)> ReadOrClearAsync(
        Guid setId, Payload payload, GafParser parser, Dictionary<string, long> termIds, JobContext job, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(setId, payload, parser, termIds, job, cancellationToken);
        }
        catch (Exception error) when (error is not (OperationCanceledException or LeaseLostException))
        {
            // What a stopped or dead load leaves, the next one clears; a broken file may have no next one.
            await annotations.ClearStagedAsync(setId, cancellationToken);
            throw;
        }
    }

    private async Task<(int Pages, long Inserted)> ReadAsync(
        Guid setId, Payload payload, GafParser parser, Dictionary<string, long> termIds, JobContext job, CancellationToken cancellationToken)
    {
        await job.EmitAsync("load_goa_annotations.download_start", new { payload.GafUrl }, cancellationToken);
        await using Stream source = await sources.OpenAsync(
            payload.GafUrl, TimeSpan.FromSeconds(payload.TimeoutSeconds), cancellationToken);
        int pages = 0;
        long inserted = 0;
        List<GafRow> rows = [];
        HashSet<(string, string, string)> stored = [];
        await foreach (GafRow row in parser.ReadAsync(source, cancellationToken))
        {
            if (payload.ProteaCompat && !stored.Add((row.Accession, row.GoId, row.EvidenceCode)))
                continue;
            rows.Add(row);
            bool isLast = inserted + rows.Count == payload.TotalLimit;
            if (rows.Count == payload.PageSize || isLast)
                inserted = await WriteAsync(setId, rows, termIds, inserted, ++pages, parser.Counts, job, cancellationToken);
            if (!isLast)
                continue;
            await job.EmitAsync(
                "load_goa_annotations.limit_reached", new { payload.TotalLimit }, cancellationToken, level: JobEventLevel.Warning);
            break;
        }
        if (rows.Count > 0)
            inserted = await WriteAsync(setId, rows, termIds, inserted, ++pages, parser.Counts, job, cancellationToken);
        return (pages, inserted);
    }

    /// <returns>Rows inserted so far.</returns>
    private async Task<long> WriteAsync(
        Guid setId, List<GafRow> rows, Dictionary<string, long> termIds, long inserted, int page, GafCounts counts, JobContext job,
        CancellationToken cancellationToken)
    {
        foreach (GafRow[] part in rows.Chunk(AnnotationStore.RowsPerWrite))
            await annotations.InsertAsync(setId, part, termIds, cancellationToken);
        inserted += rows.Count;
        rows.Clear();
        await job.ProgressAsync(
            "load_goa_annotations.page_done", counts.TotalLinesRead, null,
            new
            {
                Page = page, TotalLines = counts.TotalLinesRead, TotalInserted = inserted, TotalSkipped = counts.TotalLinesRead - inserted,
            },
            cancellationToken);
        return inserted;
    }

    private static Result Finish(
        Guid? setId, bool skipped, int pages, GafCounts counts, JobContext job, long startedAt, bool proteaCompat = false)
    {
        // In compatible mode the original's counts are the counts; it counts a row that its unique key drops later as inserted.
        long inserted = proteaCompat ? counts.AnnotationsInserted : counts.RowsAccepted;
        return new Result(
            setId, skipped, pages, counts.TotalLinesRead, inserted, counts.TotalLinesRead - inserted,
            counts.AlternativeIdsResolved, counts.SkippedByReason,
            new ProteaCounts(counts.TotalLinesRead, counts.AnnotationsInserted, counts.AnnotationsSkipped, counts.RowsInTable),
            job.Time.GetElapsedTime(startedAt).TotalSeconds);
    }
}

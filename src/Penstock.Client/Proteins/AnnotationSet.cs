using System.Text.Json;

namespace Penstock.Client.Proteins;

/// <summary>One published load of annotations, unique by source, version and ontology.</summary>
/// <param name="Source"><c>goa</c>.</param>
/// <param name="Meta">Where it came from and how many lines were skipped for which reason.</param>
public sealed record AnnotationSet(
    Guid Id, string Source, string SourceVersion, Guid OntologySnapshotId, string OboVersion, Guid? JobId, DateTimeOffset CreatedAt,
    JsonElement? Meta, long AnnotationCount);

/// <param name="GafUrl">http(s) URL, <c>artifact:NAME</c> or a path on the server; gzip is recognised.</param>
/// <param name="SourceVersion">Names the release, such as <c>2022-07-01</c>.</param>
/// <param name="ProteaCompat">Keep PROTEA's accounting: the first row of a protein, term and evidence wins; alternative ids are not resolved.</param>
public sealed record LoadGoaRequest(
    Guid OntologySnapshotId, string GafUrl, string SourceVersion, int PageSize = 10_000, double? TimeoutSeconds = null, long? TotalLimit = null,
    bool ProteaCompat = false);

public sealed record DeletedAnnotationSet(Guid Deleted, long AnnotationsDeleted);

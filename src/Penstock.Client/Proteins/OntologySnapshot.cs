namespace Penstock.Client.Proteins;

/// <summary>One version of the Gene Ontology as loaded.</summary>
/// <param name="OboVersion">The file's <c>data-version</c>, such as <c>releases/2022-07-01</c>; unique.</param>
/// <param name="OboArtifact">Name of the stored OBO file in the artifact store.</param>
public sealed record OntologySnapshot(
    Guid Id, string OboUrl, string OboVersion, string? IaUrl, DateTimeOffset LoadedAt, long GoTermCount, long RelationshipCount,
    string OboArtifact, string OboSha256);

/// <param name="OboUrl">http(s) URL, <c>artifact:NAME</c> or a path on the server; gzip is recognised.</param>
public sealed record LoadOntologyRequest(string OboUrl, double? TimeoutSeconds = null);

/// <param name="IaUrl">Where the information-accretion table is; null removes it.</param>
public sealed record SetIaUrlRequest(string? IaUrl);

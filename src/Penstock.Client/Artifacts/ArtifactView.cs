namespace Penstock.Client.Artifacts;

/// <summary>A stored file.</summary>
/// <param name="Name">Logical path such as <c>proteins/ontology/releases_2022-07-01.obo</c>.</param>
/// <param name="Sha256">Lower-case hex of the content.</param>
public sealed record ArtifactView(string Name, string Sha256, long SizeBytes, string MediaType, DateTimeOffset CreatedAt);

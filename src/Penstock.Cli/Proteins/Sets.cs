using Penstock.Cli.Watching;
using Penstock.Client.Proteins;

namespace Penstock.Cli.Proteins;

/// <summary>Finds ontologies, annotation sets and the like as people name them: by id, its end, <c>last</c>, or not at all.</summary>
internal sealed class Sets(ProteinsClient client, CancellationToken cancellationToken)
{
    public const string NameHelp = "Id, its end, or 'last'. Default: the newest.";

    public async Task<OntologySnapshot> OntologyAsync(string? name) => Pick(
        await client.SnapshotsAsync(cancellationToken), name, set => set.Id, set => set.LoadedAt, "ontology", "penstock proteins load-ontology FILE");

    public async Task<AnnotationSet> AnnotationsAsync(string? name) => Pick(
        await client.AnnotationSetsAsync(null, cancellationToken), name, set => set.Id, set => set.CreatedAt,
        "annotation set", "penstock proteins load-goa FILE --source-version V");

    public async Task<QuerySet> QueriesAsync(string name) => Pick(
        await client.QuerySetsAsync(cancellationToken), name, set => set.Id, set => set.CreatedAt, "query set", "penstock proteins query-sets create FILE");

    public async Task<PredictionSet> PredictionsAsync(string? name) => Pick(
        await client.PredictionSetsAsync(cancellationToken), name, set => set.Id, set => set.CreatedAt, "prediction set", "penstock proteins predict");

    public async Task<EvaluationSet> EvaluationAsync(string? name) => Pick(
        await client.EvaluationSetsAsync(cancellationToken), name, set => set.Id, set => set.CreatedAt,
        "evaluation set", "penstock proteins evaluation-set OLD NEW");

    public async Task<InformationAccretionSet> AccretionAsync(string? name) => Pick(
        await client.InformationAccretionAsync(cancellationToken), name, set => set.Id, set => set.CreatedAt, "information accretion", "penstock proteins ia");

    /// <summary>The named one, the newest, or a new one with the defaults: the built-in model needs no download.</summary>
    public async Task<EmbeddingConfig> ModelAsync(string? name)
    {
        IReadOnlyList<EmbeddingConfig> configs = await client.EmbeddingConfigsAsync(cancellationToken);
        return name is null && configs.Count == 0
            ? await client.CreateEmbeddingConfigAsync(new CreateEmbeddingConfigRequest { Description = "made by penstock proteins embed" }, cancellationToken)
            : Pick(configs, name, config => config.Id, config => config.CreatedAt, "embedding configuration", "penstock proteins embed");
    }

    internal static T Pick<T>(
        IReadOnlyList<T> sets, string? name, Func<T, Guid> idOf, Func<T, DateTimeOffset> createdAt, string what, string howToMake)
    {
        if (name is null or "last")
        {
            return sets.Count > 0
                ? sets.MaxBy(set => (createdAt(set), idOf(set).ToString()))!
                : throw new UsageException($"There is no {what} yet. Make one with '{howToMake}'.");
        }
        string end = name.TrimStart('…').ToLowerInvariant();
        List<T> matches = [.. sets.Where(set => end.Length >= 4 && idOf(set).ToString().EndsWith(end, StringComparison.Ordinal))];
        return matches.Count switch
        {
            1 => matches[0],
            0 => throw new UsageException($"No {what} has an id that is or ends in '{name}'. 'penstock proteins status' lists them; the newest is {(sets.Count == 0 ? "none" : JobIds.Short(idOf(sets.MaxBy(createdAt)!)))}."),
            _ => throw new UsageException($"{matches.Count} {what}s have an id that ends in '{name}'. Give the whole id."),
        };
    }
}

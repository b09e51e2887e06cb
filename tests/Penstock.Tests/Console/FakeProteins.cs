using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;

namespace Penstock.Tests.Console;

/// <summary>The protein pipeline's part of <see cref="FakeApi"/>.</summary>
internal sealed class FakeProteins
{
    public ProteinStats Stats { get; set; } = new(0, 0, 0, 0, 0, 0, 0);
    public List<ProteinDetail> Proteins { get; } = [];
    public List<ProteinAnnotation> Annotations { get; } = [];
    public List<OntologySnapshot> Snapshots { get; } = [];
    public List<AnnotationSet> AnnotationSets { get; } = [];
    public List<InformationAccretionSet> Accretion { get; } = [];
    public List<EmbeddingConfig> Configs { get; } = [];
    public List<QuerySetDetail> QuerySets { get; } = [];
    public List<PredictionSet> PredictionSets { get; } = [];
    public List<Prediction> Predictions { get; } = [];
    public GoTermDistribution Terms { get; set; } = new(new Dictionary<string, IReadOnlyList<GoTermCount>>(), new Dictionary<string, long>(), []);
    public GoSubgraph Graph { get; set; } = new([], []);
    public List<EvaluationSet> EvaluationSets { get; } = [];
    public List<EvaluationResult> Results { get; } = [];
    public List<EvaluationCurve> Curves { get; } = [];
    public AnnotateReply? Reply { get; set; }
    public AnnotateStatus? Status { get; set; }

    /// <summary>FASTA files received.</summary>
    public List<string> Uploads { get; } = [];

    /// <summary>Answer of every request that starts a job.</summary>
    public Guid StartedJob { get; } = Guid.Parse("01980000-0000-7000-8000-00000000abcd");

    public void Map(IEndpointRouteBuilder app)
    {
        MapProteins(app);
        MapAnnotations(app);
        MapEmbeddings(app);
        MapQuerySets(app);
    }

    private void MapProteins(IEndpointRouteBuilder app)
    {
        app.MapGet("/proteins/stats", () => FakeApi.Json(Stats));
        app.MapGet("/proteins", (string? search, int limit, int offset) =>
        {
            ProteinDetail[] found = [.. Proteins.Where(protein => search is null || protein.Accession.Contains(search, StringComparison.OrdinalIgnoreCase))];
            ProteinSummary[] page =
            [
                .. found.Skip(offset).Take(limit).Select(protein => new ProteinSummary(
                    protein.Accession, protein.EntryName, protein.GeneName, protein.Organism, protein.TaxonomyId, protein.Length,
                    protein.Reviewed, protein.IsCanonical, protein.IsoformIndex)),
            ];
            return FakeApi.Json(new OffsetPage<ProteinSummary>(found.Length, offset, limit, page));
        });
        app.MapGet("/proteins/{accession}", (string accession) =>
            Found(Proteins.Find(protein => protein.Accession == accession), "protein-not-found", $"There is no protein {accession}."));
        app.MapGet("/proteins/{accession}/annotations", (string accession) => FakeApi.Json(Annotations));
        app.MapPost("/proteins/insert", Queue);
    }

    private void MapAnnotations(IEndpointRouteBuilder app)
    {
        app.MapGet("/annotations/snapshots", () => FakeApi.Json(Snapshots));
        app.MapPost("/annotations/snapshots/load", Queue);
        app.MapGet("/annotations/snapshots/{id:guid}/subgraph", (Guid id) => FakeApi.Json(Graph));
        app.MapGet("/annotations/sets", () => FakeApi.Json(AnnotationSets));
        app.MapGet("/annotations/sets/{id:guid}", (Guid id) =>
            Found(AnnotationSets.Find(set => set.Id == id), "annotation-set-not-found", $"There is no annotation set {id}."));
        app.MapPost("/annotations/sets/load-goa", Queue);
        app.MapDelete("/annotations/sets/{id:guid}", (Guid id) => FakeApi.Json(new DeletedAnnotationSet(id, 1)));
        app.MapGet("/annotations/information-accretion", () => FakeApi.Json(Accretion));
        app.MapPost("/annotations/information-accretion", Queue);
        app.MapGet("/annotations/evaluation-sets", () => FakeApi.Json(EvaluationSets));
        app.MapPost("/annotations/evaluation-sets/generate", Queue);
        app.MapGet("/annotations/evaluation-sets/{id:guid}", (Guid id) =>
            Found(EvaluationSets.Find(set => set.Id == id), "evaluation-set-not-found", $"There is no evaluation set {id}."));
        app.MapGet("/annotations/evaluation-sets/{id:guid}/results", (Guid id) => FakeApi.Json(Results));
        app.MapGet("/annotations/evaluation-sets/{id:guid}/results/{result:guid}/curves", (Guid id, Guid result) => FakeApi.Json(Curves));
        app.MapPost("/annotations/evaluation-sets/{id:guid}/run", (Guid id) => Queue());
    }

    private void MapEmbeddings(IEndpointRouteBuilder app)
    {
        app.MapGet("/embeddings/configs", () => FakeApi.Json(Configs));
        app.MapPost("/embeddings/configs", () => FakeApi.Json(Configs[0]));
        app.MapPost("/embeddings/compute", Queue);
        app.MapPost("/embeddings/predict", Queue);
        app.MapGet("/embeddings/prediction-sets", () => FakeApi.Json(PredictionSets));
        app.MapGet("/embeddings/prediction-sets/{id:guid}", (Guid id) => Found(
            PredictionSets.Find(set => set.Id == id) is { } set ? new PredictionSetDetail(set, new Dictionary<string, long>()) : null,
            "prediction-set-not-found", $"There is no prediction set {id}."));
        app.MapGet("/embeddings/prediction-sets/{id:guid}/proteins", (Guid id, string? search, int limit, int offset) =>
        {
            PredictedProtein[] found =
            [
                .. Predictions.GroupBy(row => row.ProteinAccession).Where(group => search is null || group.Key.Contains(search, StringComparison.Ordinal))
                    .Select(group => new PredictedProtein(group.Key, group.Count(), group.Min(row => row.Distance), 4, 2, Proteins.Exists(p => p.Accession == group.Key))),
            ];
            return FakeApi.Json(new OffsetPage<PredictedProtein>(found.Length, offset, limit, [.. found.Skip(offset).Take(limit)]));
        });
        app.MapGet("/embeddings/prediction-sets/{id:guid}/proteins/{accession}", (Guid id, string accession) =>
            FakeApi.Json(Predictions.Where(row => row.ProteinAccession == accession)));
        app.MapGet("/embeddings/prediction-sets/{id:guid}/go-terms", (Guid id) => FakeApi.Json(Terms));
    }

    private void MapQuerySets(IEndpointRouteBuilder app)
    {
        app.MapGet("/query-sets", () => FakeApi.Json(
            QuerySets.Select(set => new QuerySet(set.Id, set.Name, set.Description, set.CreatedAt, set.EntryCount))));
        app.MapGet("/query-sets/{id:guid}", (Guid id) =>
            Found(QuerySets.Find(set => set.Id == id), "query-set-not-found", $"There is no query set {id}."));
        app.MapPost("/query-sets", async (HttpRequest request) =>
        {
            await ReceiveAsync(request);
            QuerySetDetail set = QuerySets[0];
            return FakeApi.Json(new QuerySet(set.Id, set.Name, set.Description, set.CreatedAt, set.EntryCount));
        });
        app.MapPost("/annotate", async (HttpRequest request) =>
        {
            await ReceiveAsync(request);
            return FakeApi.Json(Reply);
        });
        app.MapGet("/annotate/{id:guid}", (Guid id) => Found(Status, "job-not-found", $"There is no job {id}."));
    }

    private async Task ReceiveAsync(HttpRequest request)
    {
        IFormCollection form = await request.ReadFormAsync();
        using StreamReader reader = new(form.Files.GetFile("file")!.OpenReadStream());
        Uploads.Add(await reader.ReadToEndAsync());
    }

    private IResult Queue() => FakeApi.Json(new QueuedJob(StartedJob, "queued", false));

    private static IResult Found<T>(T? value, string code, string detail)
        where T : class =>
        value is not null ? FakeApi.Json(value) : TypedResults.Json(FakeApi.Problem(404, code, detail), PenstockJson.Options, "application/problem+json", 404);
}

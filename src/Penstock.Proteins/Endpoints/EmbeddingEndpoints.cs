using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Ops.Security;
using Penstock.Proteins.Operations;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Endpoints;

/// <summary>Embedding configurations, and the jobs that embed and predict.</summary>
internal static class EmbeddingEndpoints
{
    public static void MapEmbeddings(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder configs = routes.MapGroup("/embeddings/configs").WithTags("Embeddings");
        configs.MapGet("", ListAsync).RequireAuthorization(Policies.Viewer);
        configs.MapGet("/{configId}", FindAsync).RequireAuthorization(Policies.Viewer).ProducesProblem(StatusCodes.Status404NotFound);
        configs.MapPost("", CreateAsync).RequireAuthorization(Policies.Operator).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        configs.MapDelete("/{configId}", DeleteAsync).RequireAuthorization(Policies.Operator).ProducesProblem(StatusCodes.Status404NotFound);

        RouteGroupBuilder jobs = routes.MapGroup("/embeddings").WithTags("Embeddings").RequireAuthorization(Policies.Operator);
        jobs.MapPost("/compute", ComputeAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        jobs.MapPost("/predict", PredictAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>The embedding configurations, oldest first.</summary>
    internal static async Task<Ok<List<EmbeddingConfig>>> ListAsync(EmbeddingConfigStore configs, CancellationToken cancellationToken) =>
        TypedResults.Ok(await configs.ListAsync(cancellationToken));

    /// <summary>One embedding configuration.</summary>
    internal static async Task<Ok<EmbeddingConfig>> FindAsync(
        Guid configId, EmbeddingConfigStore configs, CancellationToken cancellationToken) =>
        TypedResults.Ok(await configs.GetAsync(configId, cancellationToken));

    /// <summary>Stores a configuration. Every message about it comes at once.</summary>
    internal static async Task<Created<EmbeddingConfig>> CreateAsync(
        CreateEmbeddingConfigRequest request, EmbeddingConfigStore configs, IdGenerator ids, CancellationToken cancellationToken)
    {
        EmbeddingConfigRules.Check(request);
        EmbeddingConfig made = await configs.AddAsync(ids.NewId(), request with { ModelName = request.ModelName.Trim() }, cancellationToken);
        return TypedResults.Created($"/embeddings/configs/{made.Id}", made);
    }

    /// <summary>Deletes a configuration with its predictions, prediction sets and embeddings, and says how many.</summary>
    internal static async Task<Ok<DeletedEmbeddingConfig>> DeleteAsync(
        Guid configId, ClaimsPrincipal caller, EmbeddingConfigStore configs, PredictionStore predictions, AuditLog audit,
        CancellationToken cancellationToken)
    {
        await configs.GetAsync(configId, cancellationToken);
        List<Guid> sets = await configs.PredictionSetsAsync(configId, cancellationToken);
        long predictionCount = 0;
        foreach (Guid set in sets)
            predictionCount += await predictions.DeleteAsync(set, cancellationToken);
        long embeddings = await configs.DeleteAsync(configId, cancellationToken);
        DeletedEmbeddingConfig deleted = new(configId, embeddings, sets.Count, predictionCount);
        await audit.WriteAsync("embedding_config.delete", caller.Actor(), $"{configId}", deleted, cancellationToken);
        return TypedResults.Ok(deleted);
    }

    /// <summary>Embeds the sequences of a query set, of some proteins, or all.</summary>
    internal static async Task<Accepted<QueuedJob>> ComputeAsync(
        ComputeEmbeddingsRequest request, EmbeddingConfigStore configs, QuerySetStore querySets, ClaimsPrincipal caller, IJobClient client,
        CancellationToken cancellationToken)
    {
        ComputeEmbeddings.Payload payload = new(
            request.EmbeddingConfigId, request.Accessions, request.QuerySetId, SequencesPerJob: request.SequencesPerJob,
            SkipExisting: request.SkipExisting);
        ComputeEmbeddings.Validate(payload);
        EmbeddingModels.Require(await configs.GetAsync(payload.EmbeddingConfigId, cancellationToken));
        if (payload.QuerySetId is { } querySetId)
            await querySets.GetAsync(querySetId, cancellationToken);
        return await client.EnqueueAsync(ComputeEmbeddings.OperationName, payload, caller, cancellationToken);
    }

    /// <summary>Predicts GO terms from the nearest annotated proteins.</summary>
    internal static async Task<Accepted<QueuedJob>> PredictAsync(
        PredictRequest request, PredictGoTerms operation, ClaimsPrincipal caller, IJobClient client, CancellationToken cancellationToken)
    {
        PredictGoTerms.Payload payload = new(
            request.EmbeddingConfigId, request.AnnotationSetId, request.OntologySnapshotId, request.QueryAccessions, request.QuerySetId,
            request.LimitPerEntry, request.DistanceThreshold, request.BatchSize,
            EnumText.Parse<SearchMetric>(PredictGoTerms.OperationName, "metric", request.Metric), request.AspectSeparatedKnn,
            request.ComputeRerankerFeatures, request.ComputeAlignments, request.ComputeTaxonomy, request.ExcludeSelf, request.ProteaCompat);
        PredictGoTerms.Validate(payload);
        await operation.RequireAsync(payload, cancellationToken);
        return await client.EnqueueAsync(PredictGoTerms.OperationName, payload, caller, cancellationToken);
    }
}

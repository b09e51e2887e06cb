using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Proteins;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Ops.Security;
using Penstock.Proteins.Operations;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Endpoints;

/// <summary>One-click annotation: FASTA in, predicted terms out. The server runs it to the end; nobody has to come back.</summary>
internal static class AnnotateEndpoints
{
    private const string UsualName = "Quick annotation";

    public static void MapAnnotate(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder annotate = routes.MapGroup("/annotate").WithTags("Annotate");
        annotate.MapPost("", StartAsync).RequireAuthorization(Policies.Operator).Accepts<IFormFile>("multipart/form-data", "application/json")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        annotate.MapGet("/{embeddingJobId}", StatusAsync).RequireAuthorization(Policies.Viewer)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>Annotates the sequences of a FASTA file with the newest annotation set: a form with file and name, or JSON with fasta_text.</summary>
    internal static async Task<Accepted<AnnotateReply>> StartAsync(
        HttpRequest request, ClaimsPrincipal caller, AnnotationStore annotations, EmbeddingConfigStore configs, QuerySetStore querySets,
        ProteinOptions options, IdGenerator ids, IJobClient client, CancellationToken cancellationToken)
    {
        AnnotationSet set = (await annotations.ListAsync(null, cancellationToken)).FirstOrDefault()
            ?? throw new NothingLoadedException("There is no annotation set to take terms from. Load an ontology, proteins and a GAF file first.");
        EmbeddingConfig config = await ChooseConfigAsync(configs, cancellationToken);
        FastaUpload upload = await FastaUpload.ReadAsync(request, options.MaxFastaBytes, cancellationToken);
        Guid querySetId = ids.NewId();
        await querySets.AddAsync(
            querySetId, QuerySetEndpoints.Named(upload.Name, UsualName), upload.Description, upload.Records, cancellationToken);

        // Ids are given before the jobs exist, so that the answer can name everything that will come.
        AnnotateReply reply = new(
            querySetId, config.Id, set.Id, set.OntologySnapshotId, ids.NewId(), ids.NewId(), ids.NewId(), upload.Records.Count);
        await client.EnqueueAsync(ToJob(reply, caller), cancellationToken);
        return TypedResults.Accepted($"/annotate/{reply.EmbeddingJobId}", reply);
    }

    /// <summary>How far an annotation is.</summary>
    internal static async Task<Ok<AnnotateStatus>> StatusAsync(Guid embeddingJobId, IJobReader jobs, CancellationToken cancellationToken)
    {
        Job embedding = await jobs.FindAsync(embeddingJobId, cancellationToken) ?? throw RecordNotFoundException.AnnotateJob(embeddingJobId);
        PredictionToFollow next = FollowerOf(embedding) ?? throw RecordNotFoundException.AnnotateJob(embeddingJobId);
        Job? prediction = await jobs.FindAsync(next.JobId, cancellationToken);
        Job present = prediction ?? embedding;
        return TypedResults.Ok(new AnnotateStatus(
            StageOf(embedding, prediction), embedding.Id, embedding.Status.ToText(), next.JobId, prediction?.Status.ToText(),
            next.Payload.PredictionSetId!.Value, next.Payload.QuerySetId!.Value, present.ProgressCurrent, present.ProgressTotal,
            present.ErrorCode, present.ErrorMessage));
    }

    /// <summary>Of the configurations this program can compute, the one with most embeddings; else the built-in one, made anew.</summary>
    private static async Task<EmbeddingConfig> ChooseConfigAsync(EmbeddingConfigStore configs, CancellationToken cancellationToken) =>
        (await configs.ListAsync(cancellationToken)).Where(EmbeddingModels.CanCompute).MaxBy(config => config.EmbeddingCount)
        ?? await configs.AddAsync(EmbeddingModels.BuiltinConfigId, EmbeddingModels.BuiltinConfig, cancellationToken);

    private static NewJob ToJob(AnnotateReply reply, ClaimsPrincipal caller)
    {
        PredictGoTerms.Payload predict = new(
            reply.EmbeddingConfigId, reply.AnnotationSetId, reply.OntologySnapshotId, QuerySetId: reply.QuerySetId,
            ComputeRerankerFeatures: true, PredictionSetId: reply.PredictionSetId);
        ComputeEmbeddings.Payload embed = new(
            reply.EmbeddingConfigId, QuerySetId: reply.QuerySetId, ReferencesOf: reply.AnnotationSetId,
            ThenPredict: new PredictionToFollow(reply.PredictionJobId, predict));
        return new NewJob(ComputeEmbeddings.OperationName, PayloadJson.Write(embed))
        {
            Id = reply.EmbeddingJobId, Source = $"api:{caller.Actor()}",
        };
    }

    private static PredictionToFollow? FollowerOf(Job job)
    {
        if (job.Operation != ComputeEmbeddings.OperationName)
            return null;
        try
        {
            return ((ComputeEmbeddings.Payload)PayloadJson.Read(job.Payload, typeof(ComputeEmbeddings.Payload))).ThenPredict;
        }
        catch (JsonException)
        {
            // A job enqueued by hand with a payload that its own run will refuse: no annotation either.
            return null;
        }
    }

    private static string StageOf(Job embedding, Job? prediction) => (prediction ?? embedding).Status switch
    {
        JobStatus.Failed => "failed",
        JobStatus.Cancelled => "cancelled",
        JobStatus.Succeeded when prediction is not null => "done",
        _ => prediction is null ? "embedding" : "predicting",
    };
}

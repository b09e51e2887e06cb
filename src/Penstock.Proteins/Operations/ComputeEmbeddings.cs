using Penstock.Client.Proteins;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Operations;

/// <summary>Embeds the sequences of a query set, of some proteins, or all.</summary>
/// <remarks>Safe to run again: a sequence has one vector in a configuration, and those that have it are skipped.</remarks>
internal sealed class ComputeEmbeddings(EmbeddingConfigStore configs, EmbeddingStore embeddings, QuerySetStore querySets)
    : Coordinator<ComputeEmbeddings.Payload, ComputeEmbeddings.Result>
{
    public const string OperationName = "compute_embeddings";

    private static readonly PayloadCheck Check = new(OperationName);

    /// <param name="Accessions">Proteins to embed; null: all sequences, unless there is a query set.</param>
    /// <param name="ReferencesOf">Also the proteins annotated in this set, where their embedding is missing.</param>
    /// <param name="SkipExisting">False: compute again what is there, and replace it.</param>
    /// <param name="ThenPredict">Enqueued when the embeddings are stored; also when none was missing.</param>
    public sealed record Payload(
        Guid EmbeddingConfigId, IReadOnlyList<string>? Accessions = null, Guid? QuerySetId = null, Guid? ReferencesOf = null,
        int SequencesPerJob = 64, bool SkipExisting = true, PredictionToFollow? ThenPredict = null);

    public sealed record Result(int Batches, int Sequences);

    public override async Task<BatchPlan<Result>> PlanAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        Validate(payload);
        EmbeddingConfig config = await configs.GetAsync(payload.EmbeddingConfigId, cancellationToken);
        EmbeddingModels.Require(config);
        if (payload.QuerySetId is { } querySetId)
            await querySets.GetAsync(querySetId, cancellationToken);
        await job.EmitAsync("compute_embeddings.load_sequences_start", new { config.ModelName }, cancellationToken);
        long[] pending = await PendingAsync(payload, cancellationToken);
        await job.EmitAsync("compute_embeddings.load_sequences_done", new { SequencesToEmbed = pending.Length }, cancellationToken);
        List<object> items = [.. pending.Chunk(payload.SequencesPerJob)
            .Select(part => new ComputeEmbeddingsBatch.Item(config.Id, part, payload.SkipExisting))];
        if (items.Count == 0)
            await job.EmitAsync(
                "compute_embeddings.no_sequences", null, cancellationToken, "Every sequence has its embedding already, or there is none.",
                JobEventLevel.Warning);
        else
            await job.EmitAsync(
                "compute_embeddings.dispatching",
                new { TotalSequences = pending.Length, payload.SequencesPerJob, Batches = items.Count }, cancellationToken);
        return new BatchPlan<Result>(
            new Result(items.Count, pending.Length), [ComputeEmbeddingsBatch.OperationName, StoreEmbeddings.OperationName], items)
        {
            Continuation = payload.ThenPredict?.ToJob(),
        };
    }

    private async Task<long[]> PendingAsync(Payload payload, CancellationToken cancellationToken)
    {
        List<long> asked = await embeddings.PendingAsync(
            payload.EmbeddingConfigId, payload.QuerySetId, payload.Accessions, payload.SkipExisting, cancellationToken);
        if (payload.ReferencesOf is not { } annotationSetId)
            return [.. asked];
        List<long> references = await embeddings.PendingReferencesAsync(payload.EmbeddingConfigId, annotationSetId, cancellationToken);
        return [.. asked.Union(references).Order()];
    }

    /// <summary>Checks values; for endpoints too.</summary>
    internal static void Validate(Payload payload)
    {
        Check.InRange("sequences_per_job", payload.SequencesPerJob, 1, 1_024);
        if (payload.Accessions is { Count: 0 })
            throw Check.Wrong("accessions is empty; leave it out to embed all.");
        if (payload.Accessions is not null && payload.QuerySetId is not null)
            throw Check.Wrong("give accessions or query_set_id, not both.");
    }
}

/// <summary>A prediction that begins when the embeddings are there.</summary>
/// <param name="JobId">The job it will be; given, so that the caller can name it before it exists.</param>
internal sealed record PredictionToFollow(Guid JobId, PredictGoTerms.Payload Payload)
{
    public NewJob ToJob() => new(PredictGoTerms.OperationName, PayloadJson.Write(Payload)) { Id = JobId };
}

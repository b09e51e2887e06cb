using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Penstock.Engine;
using Penstock.Engine.Operations;
using Penstock.Proteins.Loading;
using Penstock.Proteins.Operations;
using Penstock.Proteins.Storage;
using Penstock.Sql;

namespace Penstock.Proteins;

/// <summary>Adds the protein pipeline to a program.</summary>
public static class ProteinServices
{
    /// <summary>Its tables, queues, operations and stores. A host with HTTP also calls <c>MapProteins</c>.</summary>
    public static PenstockBuilder AddProteins(this PenstockBuilder builder, ProteinOptions? options = null)
    {
        IServiceCollection services = builder.Services;
        services.TryAddSingleton(options ?? new ProteinOptions());
        services.AddSingleton(new MigrationSource("proteins", 20, typeof(ProteinServices).Assembly));
        services.AddSingleton<ProteinHttp>().AddSingleton<SourceOpener>().AddSingleton<UniProtSearch>();
        services.AddSingleton<OntologyGraphs>().AddSingleton<StagedLoads>().AddSingleton<DeltaReader>();
        services.AddSingleton<ProteinStore>().AddSingleton<ProteinCatalog>().AddSingleton<OntologyStore>().AddSingleton<SubgraphStore>();
        services.AddSingleton<AnnotationStore>().AddSingleton<InformationAccretionStore>().AddSingleton<EvaluationStore>();
        services.AddSingleton<EmbeddingConfigStore>().AddSingleton<EmbeddingStore>().AddSingleton<QuerySetStore>();
        services.AddSingleton<PredictionStore>().AddSingleton<PredictionCatalog>().AddSingleton<ReferenceStore>().AddSingleton<ReferenceCache>();
        services.AddSingleton<AccretionSource>().AddSingleton<EvaluationWriter>();
        return builder.AddQueues().AddLoading().AddPredicting().AddEvaluating();
    }

    private static PenstockBuilder AddQueues(this PenstockBuilder builder) => builder
        .AddQueue(new QueueDefinition(ProteinQueues.Ping))
        .AddQueue(new QueueDefinition(ProteinQueues.Jobs))
        .AddQueue(new QueueDefinition(ProteinQueues.Embeddings, MaxRunning: 1))
        .AddQueue(new QueueDefinition(ProteinQueues.EmbeddingBatches))
        .AddQueue(new QueueDefinition(ProteinQueues.EmbeddingWrites))
        .AddQueue(new QueueDefinition(ProteinQueues.Predictions, MaxRunning: 1))
        .AddQueue(new QueueDefinition(ProteinQueues.PredictionBatches))
        .AddQueue(new QueueDefinition(ProteinQueues.PredictionWrites))
        .AddQueue(new QueueDefinition(ProteinQueues.Evaluations));

    private static PenstockBuilder AddLoading(this PenstockBuilder builder) => builder
        .AddOperation<Ping>(Ping.OperationName, ProteinQueues.Ping, "Shows that a job goes all the way round.")
        .AddOperation<InsertProteins>(
            InsertProteins.OperationName, ProteinQueues.Jobs, "Loads proteins from a UniProt search or a FASTA file.")
        .AddOperation<LoadOntologySnapshot>(
            LoadOntologySnapshot.OperationName, ProteinQueues.Jobs, "Loads one version of the Gene Ontology from an OBO file.")
        .AddOperation<LoadGoaAnnotations>(
            LoadGoaAnnotations.OperationName, ProteinQueues.Jobs, "Loads a GAF file as an annotation set.");

    private static PenstockBuilder AddPredicting(this PenstockBuilder builder) => builder
        .AddOperation<ComputeEmbeddings>(
            ComputeEmbeddings.OperationName, ProteinQueues.Embeddings, "Embeds the sequences of a query set, of some proteins, or all.")
        .AddItemOperation<ComputeEmbeddingsBatch>(
            ComputeEmbeddingsBatch.OperationName, ProteinQueues.EmbeddingBatches, "Embeds one batch of sequences.")
        .AddItemOperation<StoreEmbeddings>(StoreEmbeddings.OperationName, ProteinQueues.EmbeddingWrites, "Stores one batch of vectors.")
        .AddOperation<PredictGoTerms>(
            PredictGoTerms.OperationName, ProteinQueues.Predictions, "Predicts GO terms from the nearest annotated proteins.")
        .AddItemOperation<PredictGoTermsBatch>(
            PredictGoTermsBatch.OperationName, ProteinQueues.PredictionBatches, "Predicts the terms of one batch of queries.")
        .AddItemOperation<StorePredictions>(
            StorePredictions.OperationName, ProteinQueues.PredictionWrites, "Stores one batch of predictions.");

    private static PenstockBuilder AddEvaluating(this PenstockBuilder builder) => builder
        .AddOperation<GenerateEvaluationSet>(
            GenerateEvaluationSet.OperationName, ProteinQueues.Jobs, "Finds what a newer annotation set adds to an older one.")
        .AddOperation<ComputeInformationAccretion>(
            ComputeInformationAccretion.OperationName, ProteinQueues.Jobs, "Computes how much each term tells, from an annotation set.")
        .AddOperation<RunCafaEvaluation>(
            RunCafaEvaluation.OperationName, ProteinQueues.Evaluations, "Measures a prediction set against an evaluation set.");
}

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
        services.AddSingleton<PredictionStore>().AddSingleton<PredictionCatalog>();
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

    private static PenstockBuilder AddPredicting(this PenstockBuilder builder) => builder;

    private static PenstockBuilder AddEvaluating(this PenstockBuilder builder) => builder
        .AddOperation<GenerateEvaluationSet>(
            GenerateEvaluationSet.OperationName, ProteinQueues.Jobs, "Finds what a newer annotation set adds to an older one.")
        .AddOperation<ComputeInformationAccretion>(
            ComputeInformationAccretion.OperationName, ProteinQueues.Jobs, "Computes how much each term tells, from an annotation set.");
}

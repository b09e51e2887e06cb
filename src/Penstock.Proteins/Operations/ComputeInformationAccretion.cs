using Penstock.Client.Proteins;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Proteins.Annotations;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Loading;
using Penstock.Proteins.Ontology;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Operations;

/// <summary>Computes how much each term tells, from the annotations of one set; evaluations weigh terms by it.</summary>
/// <remarks>Safe to run again: an annotation set and evidence regime have one accretion, and its file is named by them.</remarks>
internal sealed class ComputeInformationAccretion(
    AnnotationStore annotations, OntologyStore ontologies, OntologyGraphs graphs, InformationAccretionStore accretions,
    IArtifactStore artifacts)
    : Operation<ComputeInformationAccretion.Payload, ComputeInformationAccretion.Result>
{
    public const string OperationName = "compute_information_accretion";

    /// <param name="EvidenceRegime"><c>lafa</c>, <c>experimental</c> or <c>all</c>.</param>
    public sealed record Payload(Guid AnnotationSetId, EvidenceRegime EvidenceRegime = EvidenceRegime.Lafa);

    public sealed record Result(
        Guid InformationAccretionSetId, bool Skipped, string Artifact, long TermCount, long NonzeroCount, long AnnotationCount,
        long ProteinCount, double IaMax, double IaMean);

    public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        await job.EmitAsync("compute_information_accretion.start", payload, cancellationToken);
        AnnotationSet set = await annotations.GetAsync(payload.AnnotationSetId, cancellationToken);
        string regime = payload.EvidenceRegime.ToString().ToLowerInvariant();
        if (await accretions.FindAsync(set.Id, regime, cancellationToken) is { } existing)
            return ToResult(existing, skipped: true);

        OntologySnapshot snapshot = await ontologies.GetAsync(set.OntologySnapshotId, cancellationToken);
        OntologyGraph graph = await graphs.GetAsync(snapshot, cancellationToken);
        List<AnnotationFact> facts = await annotations.FactsAsync(set.Id, cancellationToken);
        InformationAccretion accretion = await Task.Run(
            () => InformationAccretion.Compute(graph, Corpus(facts, payload.EvidenceRegime), cancellationToken), cancellationToken);
        Artifact file = await StoreAsync($"proteins/ia/{set.Id}-{regime}.tsv", accretion, cancellationToken);

        InformationAccretionStats stats = accretion.Stats;
        InformationAccretionSet made = new(
            job.JobId, snapshot.Id, set.Id, regime, file.Name, file.Sha256, stats.TermCount, stats.NonZeroCount, stats.AnnotationCount,
            stats.ProteinCount, stats.MaxBits, stats.MeanBits, job.JobId, job.Time.GetUtcNow());
        await accretions.AddAsync(made, cancellationToken);
        Result result = ToResult((await accretions.FindAsync(set.Id, regime, cancellationToken))!, skipped: false);
        await job.EmitAsync("compute_information_accretion.done", result, cancellationToken);
        return result;
    }

    private static IEnumerable<ProteinTerm> Corpus(IEnumerable<AnnotationFact> facts, EvidenceRegime regime) => facts
        .Where(fact => !EvidenceCodes.IsNegative(fact.Qualifier) && EvidenceCodes.IsIn(regime, fact.EvidenceCode))
        .Select(fact => new ProteinTerm(fact.Accession, fact.GoId));

    private async Task<Artifact> StoreAsync(string name, InformationAccretion accretion, CancellationToken cancellationToken)
    {
        using MemoryStream content = new();
        await using (StreamWriter writer = new(content, leaveOpen: true))
            accretion.WriteTsv(writer);
        content.Position = 0;
        return await artifacts.PutAsync(name, content, "text/tab-separated-values", cancellationToken);
    }

    private static Result ToResult(InformationAccretionSet set, bool skipped) => new(
        set.Id, skipped, set.Artifact, set.TermCount, set.NonzeroCount, set.AnnotationCount, set.ProteinCount, set.IaMax, set.IaMean);
}

using Penstock.Engine;

namespace Penstock.Proteins.Storage;

/// <summary>An id or accession names nothing that is stored (or nothing that is published yet).</summary>
public sealed class RecordNotFoundException : PenstockException
{
    private RecordNotFoundException(string kind, string what, string list)
        : base($"{kind}-not-found", $"There is no {what}. {list}")
    {
    }

    public override ErrorKind Kind => ErrorKind.NotFound;

    internal static RecordNotFoundException Protein(string accession) => new(
        "protein", $"protein {accession}", "Search the proteins, or load it with insert_proteins.");

    internal static RecordNotFoundException Snapshot(Guid id) => new(
        "ontology-snapshot", $"ontology snapshot {id}", "List the snapshots, or load one with load_ontology_snapshot.");

    internal static RecordNotFoundException AnnotationSet(Guid id) => new(
        "annotation-set", $"annotation set {id}", "List the sets; a set appears when its load has ended.");

    internal static RecordNotFoundException EmbeddingConfig(Guid id) => new(
        "embedding-config", $"embedding configuration {id}", "List the configurations, or make one.");

    internal static RecordNotFoundException QuerySet(Guid id) => new(
        "query-set", $"query set {id}", "List the query sets, or upload one.");

    internal static RecordNotFoundException PredictionSet(Guid id) => new(
        "prediction-set", $"prediction set {id}", "List the prediction sets, or make one with predict_go_terms.");

    internal static RecordNotFoundException PredictedProtein(Guid id, string accession) => new(
        "prediction", $"prediction for {accession} in prediction set {id}", "List the set's proteins.");

    internal static RecordNotFoundException EvaluationSet(Guid id) => new(
        "evaluation-set", $"evaluation set {id}", "List the evaluation sets, or generate one.");

    internal static RecordNotFoundException EvaluationResult(Guid id) => new(
        "evaluation-result", $"evaluation result {id}", "List the results of the evaluation set.");

    internal static RecordNotFoundException InformationAccretion(Guid id) => new(
        "information-accretion", $"information accretion set {id}", "List the sets, or compute one.");

    internal static RecordNotFoundException Terms(IEnumerable<string> goIds) => new(
        "go-term", $"term {string.Join(", ", goIds)} in this snapshot", "Check the ids; a term may be newer than the snapshot.");

    internal static RecordNotFoundException AnnotateJob(Guid id) => new(
        "annotate-job", $"annotation started as job {id}", "Use the embedding_job_id of the answer to POST /annotate.");
}

/// <summary>Something else still needs the record.</summary>
public sealed class RecordInUseException(string message) : PenstockException("record-in-use", message)
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

/// <summary>Two things that must be of the same ontology are not.</summary>
public sealed class SnapshotMismatchException(string message) : PenstockException("snapshot-mismatch", message)
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

/// <summary>A request lacks data that has to be loaded first.</summary>
public sealed class NothingLoadedException(string message) : PenstockException("nothing-loaded", message)
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

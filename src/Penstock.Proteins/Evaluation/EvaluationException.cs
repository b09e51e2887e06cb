using Penstock.Engine;

namespace Penstock.Proteins.Evaluation;

/// <summary>The inputs or options of an evaluation cannot be used.</summary>
public sealed class EvaluationException : PenstockException
{
    private EvaluationException(string code, string message, Exception? inner = null)
        : base(code, message, inner)
    {
    }

    internal static EvaluationException Unreadable(string name, Exception cause) => new(
        "evaluation-input-unreadable",
        $"The evaluation input {name} cannot be read to its end: {cause.Message} Write or fetch it again.",
        cause);

    internal static EvaluationException LineInvalid(string name, long line, string what) => new(
        "evaluation-line-invalid",
        $"Line {line} of {name} {what}. Correct the line; nothing was evaluated.");

    internal static EvaluationException StepInvalid(double step) => new(
        "evaluation-step-invalid",
        $"The threshold step {step:R} is not from {EvaluationOptions.ThresholdStepMin} to below 1. The usual step is 0.01.");

    internal static EvaluationException MaxTermsInvalid(int maxTerms) => new(
        "evaluation-max-terms-invalid",
        $"The limit of {maxTerms} terms per protein is negative. Give 0 or more, or no limit.");

    internal static EvaluationException GroundTruthEmpty(string name) => new(
        "evaluation-ground-truth-empty",
        $"No row of the ground truth {name} names a term of the ontology. " +
        "Check that both belong together and that the columns are protein and term.");

    internal static EvaluationException NothingPredicted(int files) => new(
        "evaluation-nothing-predicted",
        $"None of the {files} prediction files has a row for a target protein with a term of the ontology. " +
        "Check that accessions are written as in the ground truth and that the columns are protein, term and score.");

    internal static EvaluationException OntologyEmpty(string name) => new(
        "obo-no-terms",
        $"The ontology file {name} holds no usable term: none that has a namespace and is not obsolete.");

    internal static EvaluationException OntologyUnreadable(string name, Exception cause) => new(
        "obo-unreadable",
        $"The ontology file {name} cannot be read to its end: {cause.Message} " +
        "It is probably an incomplete download; fetch it again and compare its size.",
        cause);

    internal static EvaluationException Cycle(string name, string termNamespace, string termId) => new(
        "ontology-cycle",
        $"The is_a and part_of edges of {name} form a cycle through {termId} in {termNamespace}, so scores cannot be " +
        "propagated. Use go-basic.obo, which is acyclic, or a corrected file.");
}

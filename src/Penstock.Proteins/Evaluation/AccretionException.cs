using Penstock.Engine;

namespace Penstock.Proteins.Evaluation;

/// <summary>Information accretion of a corpus would be wrong or meaningless, so none is given out.</summary>
public sealed class AccretionException : PenstockException
{
    private AccretionException(string code, string message)
        : base(code, message)
    {
    }

    internal static AccretionException CorpusEmpty() => new(
        "ia-corpus-empty",
        "The corpus has no annotation, so no term carries information. Check the annotation set and the evidence regime.");

    internal static AccretionException TooManyUnknown(int unknown, int distinct, string example) => new(
        "ia-terms-unknown",
        $"{unknown} of {distinct} GO ids of the corpus are not live terms of the ontology (for example {example}); at most " +
        $"{InformationAccretion.UnknownShareMax:P0} may be. Use the ontology release the annotations were made with.");

    internal static AccretionException Inconsistent(string termId, int own, int parents) => new(
        "ia-counts-inconsistent",
        $"Term {termId} has {own} proteins but its parents share only {parents}. Propagation failed; this is a defect.");

    internal static AccretionException RootNotZero(string termId, double value) => new(
        "ia-root-not-zero", $"Term {termId} has no parent but information accretion {value:R}. This is a defect.");

    internal static AccretionException AllZero() => new(
        "ia-all-zero",
        "Every term has information accretion 0, so weighted measures would be empty. " +
        "The corpus probably annotates only roots, or every protein alike.");
}

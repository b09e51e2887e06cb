using Penstock.Engine;

namespace Penstock.Proteins.Ontology;

/// <summary>An OBO file cannot be used as an ontology.</summary>
public sealed class OboException : PenstockException
{
    private OboException(string code, string message, Exception? inner = null)
        : base(code, message, inner)
    {
    }

    internal static OboException Unreadable(string name, Exception cause) => new(
        "obo-unreadable",
        $"The ontology file {name} cannot be read to its end: {cause.Message} " +
        "It is probably an incomplete download; fetch it again and compare its size.",
        cause);

    internal static OboException VersionMissing(string name) => new(
        "obo-version-missing",
        $"The ontology file {name} has no data-version line, so its snapshot could not be told from another. " +
        "Take a released file (for example go-basic.obo).");

    internal static OboException NoTerms(string name) => new(
        "obo-no-terms",
        $"The ontology file {name} holds no term with a GO id. Check that it is an OBO file of the Gene Ontology.");

    internal static OboException Cycle(string name, string termId) => new(
        "ontology-cycle",
        $"The is_a and part_of edges of {name} form a cycle through {termId}, so annotations cannot be propagated. " +
        "Use go-basic.obo, which is acyclic, or a corrected file.");
}

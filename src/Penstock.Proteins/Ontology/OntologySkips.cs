namespace Penstock.Proteins.Ontology;

/// <summary>What an OBO file held that its document does not, by reason.</summary>
/// <param name="UnknownTargets">Edges to a term the file does not define.</param>
/// <param name="OtherRelations">Relationships of a kind that is not kept, or to something that is no GO term.</param>
/// <param name="RepeatedEdges">The same edge stated again in one stanza.</param>
/// <param name="RepeatedStanzas">Stanzas replaced by a later one with the same id.</param>
/// <param name="OtherStanzas">Term stanzas whose id is not a GO id.</param>
public sealed record OntologySkips(
    int UnknownTargets, int OtherRelations, int RepeatedEdges, int RepeatedStanzas, int OtherStanzas);

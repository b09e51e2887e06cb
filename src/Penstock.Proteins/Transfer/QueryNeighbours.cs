using Penstock.Proteins.Ontology;

namespace Penstock.Proteins.Transfer;

/// <summary>The neighbours of one query, one list per aspect or one for all.</summary>
internal sealed record QueryNeighbours(string Accession, NeighbourList[] Lists);

/// <param name="Aspect">Whose terms the list gives; null for all.</param>
/// <param name="Neighbours">Nearest first.</param>
internal sealed record NeighbourList(OntologyAspect? Aspect, ReferenceNeighbour[] Neighbours)
{
    public bool Gives(in ReferenceAnnotation annotation) => Aspect is null || annotation.Aspect == Aspect;
}

/// <param name="Protein">Number of the protein in the <see cref="ReferenceSet"/>.</param>
internal readonly record struct ReferenceNeighbour(int Protein, double Distance);

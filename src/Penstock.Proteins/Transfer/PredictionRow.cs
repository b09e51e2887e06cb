using Penstock.Proteins.Ontology;

namespace Penstock.Proteins.Transfer;

/// <summary>One GO term predicted for one query; parts that were not computed are null.</summary>
public sealed record PredictionRow
{
    /// <summary>Accession of the query.</summary>
    public required string ProteinAccession { get; init; }

    public required string GoId { get; init; }

    public string? GoName { get; init; }

    public OntologyAspect? Aspect { get; init; }

    /// <summary>Distance to the nearest reference that carries the term, in the metric of the search.</summary>
    public required double Distance { get; init; }

    public required string RefProteinAccession { get; init; }

    public required string Qualifier { get; init; }

    public required string EvidenceCode { get; init; }

    /// <summary>Global (Needleman-Wunsch) alignment of query and reference.</summary>
    public AlignmentMeasures? GlobalAlignment { get; init; }

    /// <summary>Local (Smith-Waterman) alignment of query and reference.</summary>
    public AlignmentMeasures? LocalAlignment { get; init; }

    /// <summary>Residues of the query.</summary>
    public int? LengthQuery { get; init; }

    public int? LengthRef { get; init; }

    public TaxonomyMeasures? Taxonomy { get; init; }

    /// <summary>This and the four below: see <see cref="TransferAccounting"/>.</summary>
    public int? VoteCount { get; init; }

    /// <summary>Rank of the reference among the neighbours, from 1.</summary>
    public int? KPosition { get; init; }

    public int? GoTermFrequency { get; init; }

    public int? RefAnnotationDensity { get; init; }

    public double? NeighborDistanceStd { get; init; }
}

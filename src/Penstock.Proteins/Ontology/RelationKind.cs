namespace Penstock.Proteins.Ontology;

/// <summary>The relations between terms that are kept; the others of an OBO file are counted and left out.</summary>
public enum RelationKind
{
    IsA,
    PartOf,
    Regulates,
    NegativelyRegulates,
    PositivelyRegulates,
    OccursIn,
    CapableOf,
    CapableOfPartOf,
}

namespace Penstock.Proteins.Ontology;

/// <summary>A set of relation kinds to walk along.</summary>
[Flags]
public enum RelationKinds
{
    None = 0,
    IsA = 1 << RelationKind.IsA,
    PartOf = 1 << RelationKind.PartOf,
    Regulates = 1 << RelationKind.Regulates,
    NegativelyRegulates = 1 << RelationKind.NegativelyRegulates,
    PositivelyRegulates = 1 << RelationKind.PositivelyRegulates,
    OccursIn = 1 << RelationKind.OccursIn,
    CapableOf = 1 << RelationKind.CapableOf,
    CapableOfPartOf = 1 << RelationKind.CapableOfPartOf,

    /// <summary>The relations an annotation is true along: a protein of the child is one of the parent.</summary>
    Propagating = IsA | PartOf,

    All = (1 << (RelationKind.CapableOfPartOf + 1)) - 1,
}

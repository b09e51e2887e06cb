namespace Penstock.Proteins.Transfer;

/// <summary>How the organisms of query and reference are related; ids are NCBI taxonomy ids.</summary>
/// <param name="LowestCommonAncestor">Null where the two are unrelated or unknown.</param>
/// <param name="Distance">Steps between them through the common ancestor; null where unknown.</param>
/// <param name="Relation">Such as <c>same</c>, <c>close</c>, <c>unrelated</c>.</param>
public sealed record TaxonomyMeasures(
    int? QueryTaxonomyId, int? RefTaxonomyId, int? LowestCommonAncestor, int? Distance, int? CommonAncestors, string Relation);

using System.Globalization;
using Penstock.Proteins.Files;
using Penstock.Proteins.Ontology;

namespace Penstock.Proteins.Transfer;

/// <summary>The file <c>predictions.tsv</c>: a header and one line per prediction, all columns.</summary>
/// <remarks>Numbers have six significant digits, as <c>%.6g</c>; the distance is written in full. Null is an empty cell.</remarks>
public static class PredictionTsv
{
    public static string Header { get; } = string.Join('\t',
        "protein_accession", "go_id", "go_name", "go_aspect", "distance", "ref_protein_accession", "qualifier", "evidence_code",
        "identity_nw", "similarity_nw", "alignment_score_nw", "gaps_pct_nw", "alignment_length_nw",
        "identity_sw", "similarity_sw", "alignment_score_sw", "gaps_pct_sw", "alignment_length_sw",
        "length_query", "length_ref", "query_taxonomy_id", "ref_taxonomy_id", "taxonomic_lca", "taxonomic_distance",
        "taxonomic_common_ancestors", "taxonomic_relation", "vote_count", "k_position", "go_term_frequency",
        "ref_annotation_density", "neighbor_distance_std");

    /// <summary>The order of the file: protein, then distance; the term last, so that it is complete.</summary>
    public static IComparer<PredictionRow> Order { get; } = Comparer<PredictionRow>.Create(static (left, right) =>
    {
        int byProtein = string.CompareOrdinal(left.ProteinAccession, right.ProteinAccession);
        int byDistance = byProtein != 0 ? byProtein : left.Distance.CompareTo(right.Distance);
        return byDistance != 0 ? byDistance : string.CompareOrdinal(left.GoId, right.GoId);
    });

    /// <summary>One line without its end.</summary>
    public static string Line(PredictionRow row) => string.Join('\t', [
        row.ProteinAccession,
        row.GoId,
        Text(row.GoName),
        row.Aspect is { } aspect ? aspect.Letter().ToString() : "",
        row.Distance.ToString("R", CultureInfo.InvariantCulture),
        row.RefProteinAccession,
        Text(row.Qualifier),
        Text(row.EvidenceCode),
        .. Alignment(row.GlobalAlignment),
        .. Alignment(row.LocalAlignment),
        Number(row.LengthQuery),
        Number(row.LengthRef),
        Whole(row.Taxonomy?.QueryTaxonomyId),
        Whole(row.Taxonomy?.RefTaxonomyId),
        Whole(row.Taxonomy?.LowestCommonAncestor),
        Number(row.Taxonomy?.Distance),
        Number(row.Taxonomy?.CommonAncestors),
        Text(row.Taxonomy?.Relation),
        Number(row.VoteCount),
        Number(row.KPosition),
        Number(row.GoTermFrequency),
        Number(row.RefAnnotationDensity),
        Number(row.NeighborDistanceStd),
    ]);

    /// <summary>Writes the header and the rows as they come; sort them by <see cref="Order"/> first.</summary>
    public static async Task WriteAsync(TextWriter writer, IEnumerable<PredictionRow> rows, CancellationToken cancellationToken)
    {
        await writer.WriteAsync((Header + "\n").AsMemory(), cancellationToken);
        foreach (PredictionRow row in rows)
            await writer.WriteAsync((Line(row) + "\n").AsMemory(), cancellationToken);
    }

    private static string[] Alignment(AlignmentMeasures? measures) => measures is null
        ? ["", "", "", "", ""]
        : [
            Number(measures.Identity), Number(measures.Similarity), Number(measures.Score), Number(measures.Gaps),
            Number(measures.Length),
        ];

    private static string Number(double? value) => value is { } number ? PrintfNumber.General(number, 6) : "";

    // Ids may have more than six digits, and none to lose.
    private static string Whole(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    // A tab or line end inside a name would shift every column behind it.
    private static string Text(string? text) =>
        text is null ? "" : text.Replace('\t', ' ').Replace('\n', ' ').Replace('\r', ' ');
}

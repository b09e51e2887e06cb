namespace Penstock.Proteins.Annotations;

/// <summary>Where every line of a GAF file went; it grows while the rows are read.</summary>
/// <remarks>
/// Two views of one reading. <b>Ours</b>: <c>DataLines = ShortLines + UnknownAccessions + UnknownTerms + Duplicates +
/// RowsAccepted</c>. <b>The original's</b>, whose published numbers a loader must still report: it does not count short
/// lines, does not know alternative ids, takes a NOT row for a repetition of the plain one, looks for repetitions in one
/// page of lines only and counts as inserted what the table's unique key then drops.
/// </remarks>
public sealed class GafCounts
{
    /// <summary>The file's declared version, such as 2.2; null without one.</summary>
    public string? Version { get; internal set; }

    /// <summary>Lines that are neither blank nor comments.</summary>
    public long DataLines { get; internal set; }

    /// <summary>Data lines with fewer than 15 columns; skipped.</summary>
    public long ShortLines { get; internal set; }

    /// <summary>Lines whose protein is not one of the canonical accessions asked for; skipped.</summary>
    public long UnknownAccessions { get; internal set; }

    /// <summary>Lines whose term is in the ontology neither as an id nor as an alternative id; skipped.</summary>
    public long UnknownTerms { get; internal set; }

    /// <summary>Lines that repeat a protein, term, evidence code and NOT flag already accepted; skipped.</summary>
    public long Duplicates { get; internal set; }

    /// <summary>Accepted lines that named the term by an alternative id.</summary>
    public long AlternativeIdsResolved { get; internal set; }

    /// <summary>Rows handed out.</summary>
    public long RowsAccepted { get; internal set; }

    /// <summary>The original's <c>total_lines_read</c>: data lines with all columns.</summary>
    public long TotalLinesRead => DataLines - ShortLines;

    /// <summary>The original's <c>annotations_inserted</c>.</summary>
    public long AnnotationsInserted { get; internal set; }

    /// <summary>The original's <c>annotations_skipped</c>.</summary>
    public long AnnotationsSkipped => TotalLinesRead - AnnotationsInserted;

    /// <summary>Rows the original's table holds in the end.</summary>
    public long RowsInTable { get; internal set; }

    /// <summary>The skipped lines by reason, under stable names for events and reports.</summary>
    public IReadOnlyDictionary<string, long> SkippedByReason => new Dictionary<string, long>
    {
        ["short_line"] = ShortLines,
        ["unknown_accession"] = UnknownAccessions,
        ["unknown_term"] = UnknownTerms,
        ["duplicate"] = Duplicates,
    };
}

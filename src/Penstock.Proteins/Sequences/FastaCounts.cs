namespace Penstock.Proteins.Sequences;

/// <summary>What a FASTA reader met; it grows while the records are read.</summary>
public sealed class FastaCounts
{
    /// <summary>Records handed out.</summary>
    public long Records { get; internal set; }

    /// <summary>Headers without residues; skipped.</summary>
    public long WithoutSequence { get; internal set; }

    /// <summary>Headers without a name; skipped.</summary>
    public long WithoutAccession { get; internal set; }

    /// <summary>Non-blank lines before the first header; skipped.</summary>
    public long LinesBeforeFirstHeader { get; internal set; }

    public long Skipped => WithoutSequence + WithoutAccession;
}

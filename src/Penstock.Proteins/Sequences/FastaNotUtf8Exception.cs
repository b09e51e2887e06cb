using Penstock.Engine;

namespace Penstock.Proteins.Sequences;

/// <summary>The FASTA text holds bytes that are not UTF-8.</summary>
public sealed class FastaNotUtf8Exception(long line, Exception inner) : PenstockException(
    "fasta-not-utf8",
    $"The FASTA text is not UTF-8 (found after line {line}). Save it as UTF-8 or plain ASCII; a Word document, " +
    "a spreadsheet or an archive is not FASTA.",
    inner);

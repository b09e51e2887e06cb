using Penstock.Engine;

namespace Penstock.Proteins.Sequences;

/// <summary>A record's name has more characters than an index of the database holds.</summary>
public sealed class FastaNameTooLongException(long line, int chars) : PenstockException(
    "fasta-name-too-long",
    $"The name in line {line} of the FASTA text has {chars} characters; at most {FastaParser.NameCharsMax} are kept. " +
    "The name is the first word behind `>`: put a space behind it.");

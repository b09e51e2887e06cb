namespace Penstock.Proteins.Annotations;

/// <summary>One annotation of a GAF file that was accepted.</summary>
/// <param name="Accession">A known canonical accession.</param>
/// <param name="GoId">The primary id; an alternative id in the file has been replaced.</param>
/// <param name="Qualifier">As written, such as <c>enables</c> or <c>NOT|involved_in</c>; empty before GAF 2.2.</param>
/// <param name="IsNegated">One part of the qualifier is NOT: the protein is known not to have the term.</param>
/// <param name="EvidenceCode">Such as IDA; as written.</param>
/// <param name="Line">Line number in the unpacked file, from 1.</param>
public sealed record GafRow(
    string Accession,
    string GoId,
    string Qualifier,
    bool IsNegated,
    string EvidenceCode,
    string Reference,
    string WithFrom,
    string Date,
    string AssignedBy,
    long Line);

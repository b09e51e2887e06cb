namespace Penstock.Proteins.Annotations;

/// <summary>Which evidence a corpus takes.</summary>
public enum EvidenceRegime
{
    /// <summary>The 13 codes of CAFA-style evaluation: experiments, high-throughput experiments, author and curator statements.</summary>
    Lafa,

    /// <summary>The six codes of single experiments: EXP IDA IPI IMP IGI IEP.</summary>
    Experimental,

    /// <summary>No filter.</summary>
    All,
}

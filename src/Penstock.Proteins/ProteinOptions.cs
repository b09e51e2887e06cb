using Penstock.Proteins.Sequences;

namespace Penstock.Proteins;

/// <summary>Section <c>proteins</c> of penstock.yaml.</summary>
public sealed class ProteinOptions
{
    /// <summary>
    /// Whether a load may name a path on the server. Default true; a server that others can reach should set false, for
    /// everyone who may start a load can then read any file the server can. Web addresses are fetched by the server too.
    /// </summary>
    public bool AllowLocalFiles { get; set; } = true;

    /// <summary>Largest FASTA text taken as a query, in bytes after unpacking. Default 50 MiB.</summary>
    public long MaxFastaBytes { get; set; } = FastaParser.QueryBytesMax;

    /// <summary>The UniProt search service. Default: the public one.</summary>
    public Uri UniProtSearchUrl { get; set; } = new("https://rest.uniprot.org/uniprotkb/search");

    /// <summary>Largest set of reference vectors a worker holds in memory, in bytes. Default 4 GiB; one set is held at a time.</summary>
    public long ReferenceBytesMax { get; set; } = 4L << 30;
}

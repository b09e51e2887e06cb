namespace Penstock.Server.Workspaces.Configuration;

public sealed class ProteinSettings
{
    [Setting("allow_local_files", "Whether a load may name a path on the server. Set false on a server that others can reach.")]
    public bool AllowLocalFiles { get; set; } = true;

    [Setting("max_fasta_bytes", "Largest FASTA text taken as a query, after unpacking.", Min = 1L << 10, Max = 1L << 32)]
    public long MaxFastaBytes { get; set; } = 50L << 20;

    [Setting("uniprot_search_url", "The UniProt search service.", IsUrl = true)]
    public string UniProtSearchUrl { get; set; } = "https://rest.uniprot.org/uniprotkb/search";

    [Setting("reference_max_bytes", "Largest set of reference vectors held in memory.", Min = 1L << 20, Max = 1L << 40)]
    public long ReferenceMaxBytes { get; set; } = 4L << 30;
}

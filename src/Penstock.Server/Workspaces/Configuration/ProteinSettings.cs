namespace Penstock.Server.Workspaces.Configuration;

public sealed class ProteinSettings
{
    [Setting("max_fasta_bytes", "Largest FASTA file taken as a query.", Min = 1024, Max = 1L << 40)]
    public long MaxFastaBytes { get; set; } = 52_428_800;
}

namespace Penstock.Proteins.Samples;

/// <summary>Sample proteins in UniProt's FASTA form.</summary>
internal static class SampleFasta
{
    private const int Columns = 60;

    public static void Write(TextWriter writer, IEnumerable<SampleProtein> proteins)
    {
        foreach (SampleProtein protein in proteins)
        {
            writer.Write($">sp|{protein.Accession}|{protein.Accession}_SAMPLE Made-up protein of family {protein.Family} ");
            writer.Write($"OS=Penstock sample OX=2600000 GN=fam{protein.Family} PE=1 SV=1\n");
            foreach (char[] line in protein.Residues.Chunk(Columns))
            {
                writer.Write(line);
                writer.Write('\n');
            }
        }
    }
}

namespace Penstock.Proteins.Samples;

/// <summary>Sample annotations as GAF 2.2.</summary>
internal static class SampleGaf
{
    public static void Write(TextWriter writer, string date, IEnumerable<SampleAnnotation> annotations)
    {
        writer.Write("!gaf-version: 2.2\n!generated-by: Penstock sample\n");
        foreach (SampleAnnotation annotation in annotations)
        {
            SampleProtein protein = annotation.Protein;
            string[] columns =
            [
                "UniProtKB", protein.Accession, $"fam{protein.Family}", (annotation.IsNegated ? "NOT|" : "") + RelationOf(annotation.Term),
                annotation.Term.Id, $"SAMPLE:{protein.Accession}", annotation.EvidenceCode, "", $"{annotation.Term.Letter}",
                $"Made-up protein of family {protein.Family}", "", "protein", "taxon:2600000", date, "Penstock", "", "",
            ];
            writer.Write(string.Join('\t', columns));
            writer.Write('\n');
        }
    }

    private static string RelationOf(SampleTerm term) => term.Letter switch
    {
        'P' => "involved_in",
        'F' => "enables",
        _ => "located_in",
    };
}

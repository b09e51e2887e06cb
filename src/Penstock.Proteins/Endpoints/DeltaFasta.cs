using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Endpoints;

internal enum DeltaCategory
{
    Nk,
    Lk,
    Pk,
    All,
}

/// <summary>The proteins of a delta as FASTA: <c>&gt;ACC [entry] [OS=..] [OX=..] (NK)</c>, 60 residues a line.</summary>
internal static class DeltaFasta
{
    private const int Columns = 60;
    private const int ProteinsPerRead = 500;

    public static async Task WriteAsync(
        TextWriter writer, AnnotationDelta delta, DeltaCategory wanted, ProteinCatalog proteins, CancellationToken cancellationToken)
    {
        SortedDictionary<string, string> labels = LabelsOf(delta, wanted);
        foreach (KeyValuePair<string, string>[] part in labels.Chunk(ProteinsPerRead))
        {
            Dictionary<string, FastaProtein> found = (await proteins.FastaAsync([.. part.Select(p => p.Key)], cancellationToken))
                .ToDictionary(p => p.Accession, StringComparer.Ordinal);
            foreach ((string accession, string label) in part)
            {
                if (found.TryGetValue(accession, out FastaProtein? protein))
                    await writer.WriteAsync(Record(protein, label).AsMemory(), cancellationToken);
            }
        }
    }

    /// <summary>A protein that is in two categories says so: <c>LK,PK</c>.</summary>
    private static SortedDictionary<string, string> LabelsOf(AnnotationDelta delta, DeltaCategory wanted)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach ((DeltaCategory category, IReadOnlyList<ProteinTerm> pairs) in new[]
        {
            (DeltaCategory.Nk, delta.NoKnowledge), (DeltaCategory.Lk, delta.LimitedKnowledge), (DeltaCategory.Pk, delta.PartialKnowledge),
        })
        {
            if (wanted != DeltaCategory.All && wanted != category)
                continue;
            string label = category.ToString().ToUpperInvariant();
            foreach (string accession in pairs.Select(pair => pair.Accession).Distinct(StringComparer.Ordinal))
                labels[accession] = labels.TryGetValue(accession, out string? present) ? $"{present},{label}" : label;
        }
        return labels;
    }

    private static string Record(FastaProtein protein, string label)
    {
        string header = string.Join(' ', new[]
        {
            protein.Accession, protein.EntryName, protein.Organism is null ? null : $"OS={protein.Organism}",
            protein.TaxonomyId is null ? null : $"OX={protein.TaxonomyId}", $"({label})",
        }.Where(part => part is not null));
        return $">{header}\n{string.Join('\n', protein.Residues.Chunk(Columns).Select(line => new string(line)))}\n";
    }
}

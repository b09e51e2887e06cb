using System.Runtime.InteropServices;
using Penstock.Proteins.Files;

namespace Penstock.Proteins.Transfer;

/// <summary>The file evaluators read: protein, term, score; no header; the best score of each pair.</summary>
public static class CafaTsv
{
    /// <summary>The score without a scoring configuration: <c>max(0, 1 - distance / 2)</c>.</summary>
    /// <remarks>One definition for the download and the evaluation, where the original has two (<c>1 - distance</c> in
    /// the download).</remarks>
    public static double ScoreOf(PredictionRow row) => Math.Max(0, 1 - row.Distance / 2);

    /// <summary>Writes the pairs sorted by protein, then term, scores with four decimals.</summary>
    public static async Task WriteAsync(
        TextWriter writer, IEnumerable<PredictionRow> rows, Func<PredictionRow, double> score, CancellationToken cancellationToken)
    {
        var best = new Dictionary<(string Protein, string GoId), double>();
        foreach (PredictionRow row in rows)
        {
            ref double value = ref CollectionsMarshal.GetValueRefOrAddDefault(best, (row.ProteinAccession, row.GoId), out bool exists);
            value = exists ? Math.Max(value, score(row)) : score(row);
        }
        IEnumerable<KeyValuePair<(string Protein, string GoId), double>> sorted = best
            .OrderBy(pair => pair.Key.Protein, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.GoId, StringComparer.Ordinal);
        foreach (((string protein, string goId), double value) in sorted)
            await writer.WriteAsync($"{protein}\t{goId}\t{PrintfNumber.Fixed(value, 4)}\n".AsMemory(), cancellationToken);
    }
}

using System.Runtime.CompilerServices;
using Penstock.Proteins.Files;
using Penstock.Proteins.Input;

namespace Penstock.Proteins.Evaluation;

/// <summary>Reads prediction files: protein, term, score; rows of other proteins and terms are passed over.</summary>
internal sealed class PredictionReader(
    Utf8Keys proteins, TermResolver terms, NamespaceTask?[] tasks, ThresholdGrid thresholds)
{
    /// <summary>For each namespace its predictions; null for one without any.</summary>
    /// <exception cref="EvaluationException">A usable row has a score that is no number, or the file is damaged.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public PredictedCells?[] Read(InputFile file, CancellationToken cancellationToken)
    {
        const int LinesBetweenChecks = 64 * 1024;
        PredictedCells?[] cells = new PredictedCells?[tasks.Length];
        try
        {
            using Utf8LineReader lines = new(CompressedInput.Open(file.Open()));
            byte[] lastProtein = [];
            int lastNumber = -1;
            while (lines.TryRead(out ReadOnlySpan<byte> line))
            {
                if (lines.LineNumber % LinesBetweenChecks == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                ReadOnlySpan<byte> protein = Utf8Tokens.Next(ref line);
                // Files are grouped by protein, so the last answer usually holds.
                if (!protein.SequenceEqual(lastProtein))
                {
                    lastNumber = proteins.Find(protein);
                    lastProtein = protein.ToArray();
                }
                if (lastNumber >= 0)
                    Take(line, lastNumber, cells, file, lines.LineNumber);
            }
        }
        catch (Exception cause) when (DamagedInput.Is(cause))
        {
            throw EvaluationException.Unreadable(file.Name, cause);
        }
        for (int ns = 0; ns < tasks.Length; ns++)
            cells[ns]?.SortByRow(tasks[ns]!.RowCount);
        return cells;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(
        ReadOnlySpan<byte> rest, int protein, PredictedCells?[] cells, InputFile file, long lineNumber)
    {
        ReadOnlySpan<byte> id = Utf8Tokens.Next(ref rest);
        ReadOnlySpan<byte> scoreText = Utf8Tokens.Next(ref rest);
        if (scoreText.IsEmpty)
            return;
        foreach ((int ns, int term) in terms.Resolve(id))
        {
            int row = tasks[ns]!.RowOf[protein];
            if (row < 0)
                continue;
            if (!Utf8Tokens.TryParseNumber(scoreText, out double score))
                throw EvaluationException.LineInvalid(file.Name, lineNumber, "has a score that is no number");
            // NaN is not above 0 either.
            int mark = score > 0 ? thresholds.LevelOf(score) + 1 : 0;
            (cells[ns] ??= new()).Add(row, term, mark);
        }
    }
}

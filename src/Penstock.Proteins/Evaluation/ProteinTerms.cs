using System.Runtime.InteropServices;
using Penstock.Proteins.Files;
using Penstock.Proteins.Input;

namespace Penstock.Proteins.Evaluation;

/// <summary>Rows of a protein-term file, sorted by namespace: the ground truth, or the terms known before.</summary>
internal sealed class ProteinTerms
{
    private ProteinTerms(Utf8Keys proteins, List<(int Row, int Value)>[] pairs)
    {
        Proteins = proteins;
        Pairs = pairs;
    }

    public Utf8Keys Proteins { get; }

    /// <summary>For each namespace protein number and term, in file order.</summary>
    public List<(int Row, int Value)>[] Pairs { get; }

    /// <summary>Reads the first two columns; rows with an unknown or obsolete term are dropped, as in the reference.</summary>
    /// <param name="onlyProteins">Rows of other proteins are dropped; null: all are kept.</param>
    public static ProteinTerms Read(InputFile file, TermResolver terms, int namespaceCount, Utf8Keys? onlyProteins)
    {
        Utf8Keys proteins = onlyProteins ?? new();
        List<(int Row, int Value)>[] pairs = new List<(int, int)>[namespaceCount];
        for (int ns = 0; ns < namespaceCount; ns++)
            pairs[ns] = [];
        try
        {
            using Utf8LineReader lines = new(CompressedInput.Open(file.Open()));
            while (lines.TryRead(out ReadOnlySpan<byte> line))
            {
                ReadOnlySpan<byte> protein = Utf8Tokens.Next(ref line);
                if (protein.IsEmpty)
                    continue;
                ReadOnlySpan<byte> id = Utf8Tokens.Next(ref line);
                if (id.IsEmpty)
                    throw EvaluationException.LineInvalid(file.Name, lines.LineNumber, "has one column instead of two");
                foreach ((int ns, int term) in terms.Resolve(id))
                {
                    int number = onlyProteins is null ? proteins.Add(protein) : proteins.Find(protein);
                    if (number >= 0)
                        pairs[ns].Add((number, term));
                }
            }
        }
        catch (Exception cause) when (DamagedInput.Is(cause))
        {
            throw EvaluationException.Unreadable(file.Name, cause);
        }
        return new(proteins, pairs);
    }

    /// <summary>The terms of one namespace by row, with all ancestors.</summary>
    /// <param name="rowOf">Row of each protein number; -1: leave the protein out.</param>
    public IntRows Propagated(int ns, EvaluationNamespace graph, int[] rowOf, int rowCount)
    {
        List<(int Row, int Value)> own = new(Pairs[ns].Count);
        foreach ((int protein, int term) in Pairs[ns])
        {
            if (rowOf[protein] >= 0)
                own.Add((rowOf[protein], term));
        }
        IntRows rows = IntRows.From(rowCount, CollectionsMarshal.AsSpan(own));
        TermClosure closure = new(graph);
        int[] start = new int[rowCount + 1];
        List<int> terms = new(own.Count * 8);
        for (int row = 0; row < rowCount; row++)
        {
            terms.AddRange(closure.Of(rows[row]));
            start[row + 1] = terms.Count;
        }
        return new(start, [.. terms]);
    }
}

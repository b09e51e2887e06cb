using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Penstock.Proteins.Files;

namespace Penstock.Proteins.Annotations;

/// <summary>Reads GAF 2.0, 2.1 or 2.2 as it comes, plain or gzip; for one reading of one file.</summary>
/// <remarks>
/// It remembers each accepted (protein, term, evidence code) to find repetitions anywhere in the file: about 40 bytes per
/// row in memory, so a file of ten million accepted rows needs some 400 MB.
/// </remarks>
/// <param name="isKnownAccession">Whether a protein is a canonical accession of the database.</param>
/// <param name="resolveTerm">The primary id of a GO id or alternative id; null if the ontology has neither.</param>
/// <param name="pageSize">Lines in one page of the original's accounting.</param>
public sealed class GafParser(Func<string, bool> isKnownAccession, Func<string, string?> resolveTerm, int pageSize = 10_000)
{
    private const int ColumnCount = 15;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<Key, Seen> _seen = [];

    public GafCounts Counts { get; } = new();

    /// <summary>The accepted rows in file order; <see cref="Counts"/> is final when they end.</summary>
    /// <param name="source">Read once from its present position; not disposed.</param>
    public async IAsyncEnumerable<GafRow> ReadAsync(Stream source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        if (Counts.DataLines > 0)
            throw new InvalidOperationException("A GafParser counts one file; make a new one for the next.");
        Stream text = await CompressedInput.OpenAsync(source, cancellationToken);
        using var reader = new StreamReader(
            text, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16, leaveOpen: true);
        for (long number = 1; await reader.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (line.StartsWith('!'))
                ReadComment(line);
            else if (!string.IsNullOrWhiteSpace(line) && Accept(line, number) is { } row)
                yield return row;
        }
    }

    private void ReadComment(string line)
    {
        const string Declaration = "!gaf-version:";
        if (line.StartsWith(Declaration, StringComparison.OrdinalIgnoreCase))
            Counts.Version ??= line[Declaration.Length..].Trim();
    }

    private GafRow? Accept(string line, long number)
    {
        Counts.DataLines++;
        Span<Range> columns = stackalloc Range[ColumnCount + 1];
        ReadOnlySpan<char> text = line;
        if (text.Split(columns, '\t') < ColumnCount)
        {
            Counts.ShortLines++;
            return null;
        }
        int page = (int)((Counts.TotalLinesRead - 1) / pageSize);
        string accession = text[columns[1]].Trim().ToString();
        if (!isKnownAccession(accession))
        {
            Counts.UnknownAccessions++;
            return null;
        }
        string writtenId = text[columns[4]].Trim().ToString();
        if (resolveTerm(writtenId) is not { } goId)
        {
            Counts.UnknownTerms++;
            return null;
        }
        string qualifier = text[columns[3]].Trim().ToString();
        string evidence = text[columns[6]].Trim().ToString();
        bool negated = IsNegated(qualifier);
        bool byAlternativeId = goId != writtenId;
        var key = new Key(NumberOf(accession), NumberOf(goId), NumberOf(evidence));
        if (!Remember(key, negated, byAlternativeId, page))
        {
            Counts.Duplicates++;
            return null;
        }
        Counts.RowsAccepted++;
        Counts.AlternativeIdsResolved += byAlternativeId ? 1 : 0;
        return new GafRow(
            accession, goId, qualifier, negated, evidence, text[columns[5]].ToString(), text[columns[7]].ToString(),
            text[columns[13]].ToString(), text[columns[14]].Trim().ToString(), number);
    }

    /// <summary>Notes the row in both accounts; false if this account has had it.</summary>
    private bool Remember(Key key, bool negated, bool byAlternativeId, int page)
    {
        ref Seen seen = ref CollectionsMarshal.GetValueRefOrAddDefault(_seen, key, out _);
        // The original drops alternative ids as unknown, so they take no place in its pages.
        if (!byAlternativeId && seen.LastPage != page + 1)
        {
            Counts.AnnotationsInserted++;
            Counts.RowsInTable += seen.LastPage == 0 ? 1 : 0;
            seen.LastPage = page + 1;
        }
        ref bool accepted = ref negated ? ref seen.Negated : ref seen.Plain;
        bool isNew = !accepted;
        accepted = true;
        return isNew;
    }

    // Accessions, terms and codes share one numbering: the keys then cost 12 bytes instead of three strings.
    private int NumberOf(string text)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, text, out bool exists);
        if (!exists)
            number = _numbers.Count;
        return number;
    }

    private static bool IsNegated(ReadOnlySpan<char> qualifier)
    {
        foreach (Range part in qualifier.Split('|'))
        {
            if (qualifier[part].Trim().Equals("NOT", StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private readonly record struct Key(int Accession, int Term, int Evidence);

    /// <summary>LastPage counts from 1, so that a new entry reads as "never".</summary>
    private struct Seen
    {
        public int LastPage;
        public bool Plain;
        public bool Negated;
    }
}

using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Penstock.Proteins.Files;

namespace Penstock.Proteins.Sequences;

/// <summary>Reads FASTA as it comes, plain or gzip, one record in memory at a time.</summary>
public static partial class FastaParser
{
    /// <summary>The limit for a file a user gives: 50 MiB of text, after unpacking.</summary>
    public const long QueryBytesMax = 50L << 20;

    /// <summary>Longest name of a record. Four bytes each still fit into a key of any database.</summary>
    public const int NameCharsMax = 500;

    // Refuses instead of replacing; has a preamble so that a byte order mark is taken off.
    private static readonly UTF8Encoding Utf8Strict = new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    /// <summary>Reads UniProt FASTA: fields of the header, case of the residues kept, invalid UTF-8 replaced.</summary>
    /// <param name="source">Read once from its present position; not disposed.</param>
    /// <param name="counts">Filled while reading; records without residues or name are skipped and counted there.</param>
    /// <exception cref="FastaNameTooLongException">A name is longer than <see cref="NameCharsMax"/>.</exception>
    public static async IAsyncEnumerable<UniProtRecord> ReadUniProtAsync(
        Stream source, FastaCounts counts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stream text = await CompressedInput.OpenAsync(source, cancellationToken);
        using var reader = new StreamReader(
            text, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16, leaveOpen: true);
        await foreach (RawRecord raw in ReadRawAsync(reader, counts, cancellationToken))
        {
            (string accession, string? entryName) = NameOf(raw.Header);
            if (!IsUsable(accession, raw, counts))
                continue;
            yield return new UniProtRecord(
                accession,
                entryName,
                raw.Header.StartsWith("sp|", StringComparison.Ordinal),
                Field(OrganismField(), raw.Header),
                Field(TaxonomyField(), raw.Header),
                Field(GeneField(), raw.Header),
                raw.Residues,
                SequenceHash.Of(raw.Residues));
        }
    }

    /// <summary>Reads the FASTA text of a query set, upper-cased, and refuses what could not be answered.</summary>
    /// <param name="source">Read once from its present position; not disposed.</param>
    /// <param name="bytesMax">Longest text in bytes after unpacking; usually <see cref="QueryBytesMax"/>.</param>
    /// <exception cref="FastaTooLargeException">The text is longer.</exception>
    /// <exception cref="FastaNotUtf8Exception">It is not UTF-8.</exception>
    /// <exception cref="FastaDuplicateAccessionException">Two usable records share a name.</exception>
    /// <exception cref="FastaNameTooLongException">A name is longer than <see cref="NameCharsMax"/>.</exception>
    /// <exception cref="FastaEmptyException">At the end: no record was usable.</exception>
    /// <remarks>Errors come while reading, so the caller stores records only in a transaction it can undo.</remarks>
    public static async IAsyncEnumerable<QueryRecord> ReadQueriesAsync(
        Stream source, long bytesMax, FastaCounts counts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stream text = new LimitedStream(await CompressedInput.OpenAsync(source, cancellationToken), bytesMax);
        using var reader = new StreamReader(
            text, Utf8Strict, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16, leaveOpen: true);
        var lineOf = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (RawRecord raw in ReadRawAsync(reader, counts, cancellationToken))
        {
            string accession = FirstWord(raw.Header);
            if (!IsUsable(accession, raw, counts))
                continue;
            if (!lineOf.TryAdd(accession, raw.Line))
                throw new FastaDuplicateAccessionException(accession, lineOf[accession], raw.Line);
            string residues = raw.Residues.ToUpperInvariant();
            yield return new QueryRecord(accession, residues, SequenceHash.Of(residues));
        }
        if (counts.Records == 0)
            throw new FastaEmptyException(counts);
    }

    private static async IAsyncEnumerable<RawRecord> ReadRawAsync(
        StreamReader reader, FastaCounts counts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? header = null;
        long headerLine = 0;
        var residues = new StringBuilder();
        for (long number = 1; await ReadLineAsync(reader, number, cancellationToken) is { } text; number++)
        {
            string line = text.Trim();
            if (line.Length == 0)
                continue;
            if (line[0] != '>')
            {
                if (header is null)
                    counts.LinesBeforeFirstHeader++;
                else
                    Append(residues, line);
                continue;
            }
            if (header is not null)
                yield return new RawRecord(header, headerLine, residues.ToString());
            residues.Clear();
            header = line[1..].Trim();
            headerLine = number;
        }
        if (header is not null)
            yield return new RawRecord(header, headerLine, residues.ToString());
    }

    private static async ValueTask<string?> ReadLineAsync(StreamReader reader, long number, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (DecoderFallbackException invalid)
        {
            throw new FastaNotUtf8Exception(number - 1, invalid);
        }
    }

    private static void Append(StringBuilder residues, string line)
    {
        foreach (Range part in line.AsSpan().Split(' '))
            residues.Append(line.AsSpan(part));
    }

    private static bool IsUsable(string accession, RawRecord raw, FastaCounts counts)
    {
        if (accession.Length > NameCharsMax)
            throw new FastaNameTooLongException(raw.Line, accession.Length);
        if (accession.Length == 0)
            counts.WithoutAccession++;
        else if (raw.Residues.Length == 0)
            counts.WithoutSequence++;
        else
            counts.Records++;
        return accession.Length > 0 && raw.Residues.Length > 0;
    }

    private static (string Accession, string? EntryName) NameOf(string header)
    {
        string[] parts = header.Split('|');
        return parts.Length >= 3 ? (parts[1].Trim(), FirstWord(parts[2])) : (FirstWord(header), null);
    }

    private static string FirstWord(string text)
    {
        int end = 0;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
            end++;
        return text[..end];
    }

    private static string? Field(Regex field, string header) =>
        field.Match(header) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"\bOS=([^=]+?)\sOX=")]
    private static partial Regex OrganismField();

    [GeneratedRegex(@"\bOX=([0-9]+)")]
    private static partial Regex TaxonomyField();

    [GeneratedRegex(@"\bGN=([^\s]+)")]
    private static partial Regex GeneField();

    private readonly record struct RawRecord(string Header, long Line, string Residues);
}

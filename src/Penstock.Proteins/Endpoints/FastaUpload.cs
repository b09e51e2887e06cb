using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Penstock.Engine;
using Penstock.Proteins.Sequences;

namespace Penstock.Proteins.Endpoints;

/// <summary>FASTA sent by a user: as a form with a file, or as JSON with the text. Read as it comes, never kept as a file.</summary>
/// <param name="Records">At least one, with distinct accessions.</param>
internal sealed record FastaUpload(string? Name, string? Description, IReadOnlyList<QueryRecord> Records)
{
    /// <summary>Room for the other parts of a form.</summary>
    private const long FormBytesMax = 64 * 1024;

    private const int TextLengthMax = 1_000;

    /// <exception cref="FastaTooLargeException">413.</exception>
    /// <exception cref="PenstockException">Not UTF-8, a name twice, no record: 422. No FASTA at all: 422.</exception>
    public static Task<FastaUpload> ReadAsync(HttpRequest request, long bytesMax, CancellationToken cancellationToken)
    {
        // Refused by its declared length, before a byte of it is read.
        if (request.ContentLength > bytesMax + FormBytesMax)
            throw new FastaTooLargeException(bytesMax);
        return request.HasFormContentType ? ReadFormAsync(request, bytesMax, cancellationToken) : ReadJsonAsync(request, bytesMax, cancellationToken);
    }

    private static async Task<FastaUpload> ReadFormAsync(HttpRequest request, long bytesMax, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
            throw new FastaMissingException();
        MultipartReader reader = new(boundary, request.Body);
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        List<QueryRecord>? records = null;
        while (await NextSectionAsync(reader, cancellationToken) is { } section)
        {
            if (section.GetContentDispositionHeader() is not { } disposition)
                continue;
            string field = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
            if (field is "file" or "fasta_text")
                records = await ReadRecordsAsync(section.Body, bytesMax, cancellationToken);
            else
                texts[field] = await ReadTextAsync(section.Body, field, cancellationToken);
        }
        return new FastaUpload(
            texts.GetValueOrDefault("name"), texts.GetValueOrDefault("description"), records ?? throw new FastaMissingException());
    }

    private static async Task<MultipartSection?> NextSectionAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellationToken);
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException)
        {
            throw new FormMalformedException(broken);
        }
    }

    private static async Task<FastaUpload> ReadJsonAsync(HttpRequest request, long bytesMax, CancellationToken cancellationToken)
    {
        JsonUpload body;
        try
        {
            body = await JsonSerializer.DeserializeAsync<JsonUpload>(request.Body, Client.PenstockJson.Options, cancellationToken)
                ?? throw new FastaMissingException();
        }
        catch (JsonException malformed)
        {
            throw new FormMalformedException(malformed);
        }
        if (string.IsNullOrWhiteSpace(body.FastaText))
            throw new FastaMissingException();
        using MemoryStream text = new(Encoding.UTF8.GetBytes(body.FastaText));
        return new FastaUpload(body.Name, body.Description, await ReadRecordsAsync(text, bytesMax, cancellationToken));
    }

    private static async Task<List<QueryRecord>> ReadRecordsAsync(Stream text, long bytesMax, CancellationToken cancellationToken)
    {
        List<QueryRecord> records = [];
        await foreach (QueryRecord record in FastaParser.ReadQueriesAsync(text, bytesMax, new FastaCounts(), cancellationToken))
            records.Add(record);
        return records;
    }

    private static async Task<string> ReadTextAsync(Stream body, string field, CancellationToken cancellationToken)
    {
        using StreamReader reader = new(body, Encoding.UTF8);
        char[] buffer = new char[TextLengthMax + 1];
        int length = await reader.ReadBlockAsync(buffer, cancellationToken);
        return length <= TextLengthMax ? new string(buffer, 0, length) : throw new FormFieldTooLongException(field, TextLengthMax);
    }

    private sealed record JsonUpload(string? FastaText = null, string? Name = null, string? Description = null);
}

public sealed class FastaMissingException() : PenstockException(
    "fasta-missing", "The request has no FASTA. Send a multipart form with a part named file, or JSON with fasta_text.");

public sealed class FormMalformedException(Exception inner) : PenstockException(
    "form-malformed", $"The request body cannot be read: {inner.Message}", inner)
{
    public override ErrorKind Kind => ErrorKind.Malformed;
}

public sealed class FormFieldTooLongException(string field, int lengthMax) : PenstockException(
    "form-field-too-long", $"The field {field} is longer than {lengthMax} characters.");

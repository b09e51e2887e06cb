using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Penstock.Console.Hosting;

/// <summary>The fields of a submitted form; blank ones count as not given.</summary>
internal sealed class ConsoleForm
{
    /// <summary>The API takes FASTA files of 50 MiB; the form around one needs a little more.</summary>
    private const long BodyBytesMax = 52L * 1_024 * 1_024;

    private readonly IFormCollection _fields;

    private ConsoleForm(IFormCollection fields) => _fields = fields;

    public static async Task<ConsoleForm> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType)
            throw new InvalidFormException("The request carries no form. Open the page and send its form.");
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = BodyBytesMax;
        FormOptions options = new() { ValueLengthLimit = (int)BodyBytesMax, MultipartBodyLengthLimit = BodyBytesMax };
        try
        {
            return new ConsoleForm(await request.ReadFormAsync(options, cancellationToken));
        }
        catch (InvalidDataException error)
        {
            throw new InvalidFormException($"The form could not be read: {error.Message}");
        }
    }

    public string? Text(string name)
    {
        string value = _fields[name].ToString().Trim();
        return value.Length == 0 ? null : value;
    }

    public string Required(string name) => Text(name) ?? throw new InvalidFormException($"Fill in the field {name.Replace('_', ' ')}.");

    /// <summary>As typed: a password may begin or end with a space.</summary>
    public string Secret(string name) => _fields[name].ToString();

    public bool Flag(string name) => Text(name) is "1" or "on" or "true";

    public Guid Id(string name) =>
        Guid.TryParse(Text(name), out Guid id) ? id : throw new InvalidFormException($"Choose one for the field {name.Replace('_', ' ')}.");

    public int? Whole(string name) => Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value
        : throw new InvalidFormException($"The field {name.Replace('_', ' ')} takes a whole number, not '{text}'.");

    public double? Number(string name) => Text(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
        : throw new InvalidFormException($"The field {name.Replace('_', ' ')} takes a number, not '{text}'.");

    /// <summary>The chosen file, or null where none was.</summary>
    public IFormFile? File(string name) => _fields.Files.GetFile(name) is { Length: > 0 } file ? file : null;
}

using System.Globalization;
using System.Text;

namespace Penstock.Client;

/// <summary>A path with its query, escaped; parameters that are null are left out.</summary>
public sealed class ApiPath(string path)
{
    private readonly StringBuilder _text = new(path);
    private bool _hasQuery = path.Contains('?', StringComparison.Ordinal);

    public ApiPath With(string name, object? value)
    {
        if (value is null)
            return this;
        string text = value switch
        {
            bool flag => flag ? "true" : "false",
            DateTimeOffset instant => instant.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        _text.Append(_hasQuery ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(text));
        _hasQuery = true;
        return this;
    }

    /// <summary>A logical name with slashes as part of a path.</summary>
    public static string Escape(string name) => string.Join('/', name.Split('/').Select(Uri.EscapeDataString));

    public override string ToString() => _text.ToString();

    public static implicit operator string(ApiPath path) => path.ToString();
}

using System.Text.Encodings.Web;
using System.Text.Json;

namespace Penstock.Console.Text;

/// <summary>JSON values laid out for reading.</summary>
internal static class JsonText
{
    // The relaxed encoder keeps names such as "Müller <x>" readable; the page escapes the text as a whole for HTML.
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Indent(JsonElement value) => JsonSerializer.Serialize(value, Options);

    /// <summary>One short line for a table or timeline: <c>rows 1,204 · source goa</c>; nested values are left out.</summary>
    public static string Summarise(JsonElement value, int pairsMax = 6)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return "";
        IEnumerable<string> pairs = value.EnumerateObject()
            .Where(member => !member.Name.StartsWith('_'))
            .Select(member => (member.Name, Text: SayScalar(member.Value)))
            .Where(pair => pair.Text is not null)
            .Take(pairsMax)
            .Select(pair => $"{pair.Name.Replace('_', ' ')} {pair.Text}");
        return string.Join(" · ", pairs);
    }

    private static string? SayScalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out long whole) => Numbers.Group(whole),
        JsonValueKind.Number => Numbers.Short(value.GetDouble()),
        JsonValueKind.String => Shorten(value.GetString()!, 80),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        _ => null,
    };

    private static string Shorten(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 1), "…");
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Penstock.Engine.Protection;

/// <summary>Takes secrets out of what people and programs are shown. Workers see the real values.</summary>
/// <remarks>
/// A secret is known by the name it stands under. A name fits when it is a listed one or ends in it, word by word:
/// <c>token</c> hides <c>token</c>, <c>accessToken</c> and <c>X-Api-Token</c>, and leaves <c>token_count</c> and <c>tokens</c> alone.
/// </remarks>
/// <param name="fields">Names in snake_case, as in <see cref="UsualFields"/>.</param>
public sealed partial class SecretMask(IEnumerable<string> fields)
{
    public const string Shown = "***";

    public static readonly IReadOnlyList<string> UsualFields =
    [
        "password", "passwd", "pwd", "passphrase", "secret", "secrets", "secret_key", "token", "bearer", "authorization", "api_key", "apikey",
        "access_key", "private_key", "credential", "credentials", "cookie", "connection_string",
    ];

    private readonly HashSet<string> _fields = fields.Select(Words).Where(name => name.Length > 0).ToHashSet(StringComparer.Ordinal);

    public bool Hides(string name)
    {
        string words = Words(name);
        for (int from = 0; from >= 0; from = words.IndexOf('_', from) is >= 0 and int next ? next + 1 : -1)
        {
            if (_fields.Contains(from == 0 ? words : words[from..]))
                return true;
        }
        return false;
    }

    /// <summary>Writes the value with secrets replaced by <c>"***"</c> and sealed text by <c>{"$encrypted":true}</c>.</summary>
    public void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.TryGetProperty(SealedText.Member, out JsonElement inner) && inner.ValueKind is JsonValueKind.Object:
                writer.WriteStartObject();
                writer.WriteBoolean(SealedText.Member, true);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    if (member.Value.ValueKind is not JsonValueKind.Null && Hides(member.Name))
                        writer.WriteStringValue(Shown);
                    else
                        Write(writer, member.Value);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in value.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Text(value.GetString()!));
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>Replaces the values of <c>name=value</c>, <c>name: value</c>, <c>--name value</c> and of addresses with a password in them.</summary>
    public string Text(string text)
    {
        if (text.AsSpan().IndexOfAny('=', ':') < 0 && !text.Contains("--", StringComparison.Ordinal))
            return text;
        StringBuilder masked = new();
        int done = 0;
        for (Match match = Name().Match(text); match.Success; match = Name().Match(text, Math.Max(match.Index + match.Length, done)))
        {
            if (!Hides(match.Groups["name"].Value))
                continue;
            int start = match.Index + match.Length;
            Match value = Value().Match(text, start);
            masked.Append(text, done, start - done).Append(value.Length > 0 ? Shown : "");
            done = start + value.Length;
        }
        string result = done == 0 ? text : masked.Append(text, done, text.Length - done).ToString();
        return result.Contains("://", StringComparison.Ordinal) ? UserInfo().Replace(result, $"$1{Shown}@") : result;
    }

    /// <summary>Puts the real values back into a payload that someone was shown masked and sends back edited.</summary>
    /// <returns>Null, with the member's name: it holds the mask and there is no value behind it.</returns>
    public (string? Payload, string? Missing) Restore(string edited, string original)
    {
        JsonNode? node = JsonNode.Parse(edited);
        string? missing = Restore(node, JsonNode.Parse(original));
        return missing is null ? (node!.ToJsonString(), null) : (null, missing);
    }

    private string? Restore(JsonNode? edited, JsonNode? original)
    {
        if (edited is JsonArray list)
            return list.Select((item, i) => Restore(item, original is JsonArray old && i < old.Count ? old[i] : null)).FirstOrDefault(name => name is not null);
        if (edited is not JsonObject members)
            return null;
        foreach ((string name, JsonNode? value) in members.ToList())
        {
            JsonNode? before = original is JsonObject old && old.TryGetPropertyValue(name, out JsonNode? found) ? found : null;
            bool isMask = value is JsonValue text && text.TryGetValue(out string? shown) && shown == Shown && Hides(name);
            if (isMask && before is null)
                return name;
            if (isMask)
                members[name] = before!.DeepClone();
            else if (Restore(value, before) is { } missing)
                return missing;
        }
        return null;
    }

    /// <summary>snake_case words of any writing: accessToken, Access-Token and ACCESS_TOKEN are one name.</summary>
    private static string Words(string name)
    {
        StringBuilder words = new(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            bool begins = char.IsUpper(c) && i > 0 && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsUpper(name[i - 1]) && char.IsLower(name[i + 1])));
            if ((begins || !char.IsLetterOrDigit(c)) && words.Length > 0 && words[^1] != '_')
                words.Append('_');
            if (char.IsLetterOrDigit(c))
                words.Append(char.ToLowerInvariant(c));
        }
        return words.ToString().TrimEnd('_');
    }

    [GeneratedRegex("""(?:--(?<name>[A-Za-z][A-Za-z0-9_-]*)(?:=|\s+)|(?<name>[A-Za-z_][A-Za-z0-9_.-]*)(?:\\?["'])?\s*[=:]\s*)""", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    // A scheme belongs to the secret behind it; a quoted value goes to its end; any other to the next blank or separator.
    [GeneratedRegex("""\G(?:(?:Bearer|Basic|Digest)\s+[^\s"',;]+|\\"(?:[^"\\]|\\(?!"))*\\"|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;&"'}\]]+)?""", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Value();

    [GeneratedRegex(@"(://[^/\s:@]*:)[^@\s/]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}

using System.Text.RegularExpressions;

namespace Penstock.Engine.Protection;

/// <summary>A named key for payloads at rest.</summary>
/// <param name="Id">Stored beside what it encrypted; not secret.</param>
/// <param name="Secret">32 bytes, for AES-256.</param>
public sealed partial record PayloadKey(string Id, byte[] Secret)
{
    public const int SecretBytes = 32;

    /// <summary>Reads <c>id:base64</c> entries, separated by commas or lines; a line that begins with # is a remark.</summary>
    /// <param name="source">Where the text is from, for the error. The text itself never gets into one.</param>
    /// <exception cref="PayloadKeysInvalidException"/>
    public static List<PayloadKey> ParseAll(string text, string source)
    {
        List<PayloadKey> keys = [];
        foreach (string line in text.Split('\n').Where(line => !line.TrimStart().StartsWith('#')))
        {
            foreach (string entry in line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                keys.Add(Parse(entry, source, keys.Count + 1));
        }
        string? twice = keys.GroupBy(key => key.Id).FirstOrDefault(same => same.Count() > 1)?.Key;
        return twice is null ? keys : throw new PayloadKeysInvalidException(source, $"the key id '{twice}' is given twice");
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"payload key {Id}";

    private static PayloadKey Parse(string entry, string source, int position)
    {
        int colon = entry.IndexOf(':', StringComparison.Ordinal);
        string id = colon < 0 ? "" : entry[..colon];
        if (!KeyId().IsMatch(id))
            throw new PayloadKeysInvalidException(source, $"key {position} has no id of letters, digits, dots, dashes and underscores in front of a colon");
        byte[] secret = new byte[SecretBytes + 1];
        return Convert.TryFromBase64String(entry[(colon + 1)..], secret, out int length) && length == SecretBytes
            ? new PayloadKey(id, secret[..SecretBytes])
            : throw new PayloadKeysInvalidException(source, $"the secret of key '{id}' is not the base64 of {SecretBytes} bytes");
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex KeyId();
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Penstock.Engine.Protection;

/// <summary>AES-256-GCM with a fresh nonce per text and the job's id as associated data.</summary>
/// <param name="fillNonce">Random bytes; from the system, except where runs must repeat.</param>
/// <remarks>Random 96-bit nonces are safe for 2^32 texts per key (NIST SP 800-38D, 8.3); rotate the key before.</remarks>
public sealed class PayloadProtector(PayloadKeyRing keys, Action<byte[]> fillNonce) : IPayloadProtector
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public string Seal(string json, Guid jobId)
    {
        PayloadKey key = keys.First();
        byte[] plain = Encoding.UTF8.GetBytes(json);
        byte[] nonce = new byte[NonceBytes];
        fillNonce(nonce);
        byte[] sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        nonce.CopyTo(sealedBytes, 0);
        using AesGcm cipher = new(key.Secret, TagBytes);
        cipher.Encrypt(
            nonce, plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length), Owner(jobId));
        // Key ids need no escape, and base64 none that matters; the order is also that of PostgreSQL's jsonb.
        return $"{{\"{SealedText.Member}\":{{\"key\":\"{key.Id}\",\"data\":\"{Convert.ToBase64String(sealedBytes)}\"}}}}";
    }

    public string Open(string json, Guid jobId)
    {
        if (!SealedText.Is(json))
            return json;
        (string keyId, string data) = Parse(json);
        PayloadKey key = keys.Find(keyId);
        byte[] sealedBytes = new byte[data.Length];
        if (!Convert.TryFromBase64String(data, sealedBytes, out int length) || length < NonceBytes + TagBytes)
            throw new PayloadUnreadableException(keyId);
        byte[] plain = new byte[length - NonceBytes - TagBytes];
        try
        {
            using AesGcm cipher = new(key.Secret, TagBytes);
            cipher.Decrypt(
                sealedBytes.AsSpan(0, NonceBytes), sealedBytes.AsSpan(NonceBytes, plain.Length),
                sealedBytes.AsSpan(NonceBytes + plain.Length, TagBytes), plain, Owner(jobId));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new PayloadUnreadableException(keyId);
        }
        return Encoding.UTF8.GetString(plain);
    }

    // Parsed, not cut: on its way through a store or another text the characters of the base64 may have been escaped.
    private static (string KeyId, string Data) Parse(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement inner = document.RootElement.GetProperty(SealedText.Member);
            return inner.ValueKind is JsonValueKind.Object && inner.TryGetProperty("key", out JsonElement key) && inner.TryGetProperty("data", out JsonElement data)
                ? (key.GetString() ?? "", data.GetString() ?? "")
                : throw new PayloadUnreadableException("");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new PayloadUnreadableException("");
        }
    }

    private static byte[] Owner(Guid jobId) => Encoding.ASCII.GetBytes($"penstock job {jobId}");
}

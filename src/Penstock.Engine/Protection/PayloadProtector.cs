using System.Security.Cryptography;
using System.Text;

namespace Penstock.Engine.Protection;

/// <summary>AES-256-GCM with a fresh nonce per text and the job's id as associated data.</summary>
/// <param name="fillNonce">Random bytes; from the system, except where runs must repeat.</param>
/// <remarks>Random 96-bit nonces are safe for 2^32 texts per key (NIST SP 800-38D, 8.3); rotate the key before.</remarks>
public sealed class PayloadProtector(PayloadKeyRing keys, Action<byte[]> fillNonce) : IPayloadProtector
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const string Middle = "\",\"data\":\"";
    private const string End = "\"}}";

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
        return $"{SealedText.Start}{key.Id}{Middle}{Convert.ToBase64String(sealedBytes)}{End}";
    }

    public string Open(string json, Guid jobId)
    {
        if (!SealedText.Is(json))
            return json;
        int middle = json.IndexOf(Middle, SealedText.Start.Length, StringComparison.Ordinal);
        if (middle < 0 || !json.EndsWith(End, StringComparison.Ordinal))
            throw new PayloadUnreadableException("");
        string keyId = json[SealedText.Start.Length..middle];
        PayloadKey key = keys.Find(keyId);
        byte[] sealedBytes = new byte[json.Length];
        if (!Convert.TryFromBase64Chars(json.AsSpan()[(middle + Middle.Length)..^End.Length], sealedBytes, out int length) || length < NonceBytes + TagBytes)
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

    private static byte[] Owner(Guid jobId) => Encoding.ASCII.GetBytes($"penstock job {jobId}");
}

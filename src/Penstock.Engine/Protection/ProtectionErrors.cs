namespace Penstock.Engine.Protection;

public sealed class PayloadKeysInvalidException(string source, string reason) : PenstockException(
    "payload-keys-invalid", $"The payload keys in {source} cannot be used: {reason}. Write id:base64, with 'openssl rand -base64 32' as the second half.");

/// <summary>Not a failure of the job: with the key back it runs.</summary>
public sealed class PayloadKeyMissingException(string message) : PenstockException("payload-key-missing", message)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;

    public static PayloadKeyMissingException ToOpen(string keyId) => new(
        $"The payload is encrypted with key '{keyId}', which this process does not have. Add it to PENSTOCK_PAYLOAD_KEYS or to the key file, and restart.");

    public static PayloadKeyMissingException ToSeal() => new(
        "The operation encrypts its payloads and this process has no key for it. Set PENSTOCK_PAYLOAD_KEYS to id:base64, with 'openssl rand -base64 32' as the second half.");
}

public sealed class PayloadUnreadableException(string keyId) : PenstockException(
    "payload-unreadable",
    $"The encrypted payload does not fit key '{keyId}': the key has another secret under this name, the text was changed, or it belongs to another job.");

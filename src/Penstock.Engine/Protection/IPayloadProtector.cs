namespace Penstock.Engine.Protection;

/// <summary>Encrypts payloads and results before the store sees them, and decrypts them for the worker that runs them.</summary>
public interface IPayloadProtector
{
    /// <param name="json">Any JSON text.</param>
    /// <param name="jobId">The job it belongs to; for an item its parent. It opens for no other.</param>
    /// <returns><c>{"$encrypted":{"key":"...","data":"..."}}</c></returns>
    /// <exception cref="PayloadKeyMissingException"/>
    string Seal(string json, Guid jobId);

    /// <returns>The text that was sealed; text that is not sealed comes back as it is.</returns>
    /// <exception cref="PayloadKeyMissingException"/>
    /// <exception cref="PayloadUnreadableException"/>
    string Open(string json, Guid jobId);
}

/// <summary>The form of sealed text.</summary>
public static class SealedText
{
    public const string Member = "$encrypted";

    private const string Quoted = "\"$encrypted\"";

    /// <summary>Whether it is an object that begins with the member; stores may set blanks where they like.</summary>
    public static bool Is(string json) =>
        json.AsSpan().TrimStart() is ['{', .. ReadOnlySpan<char> rest] && rest.TrimStart().StartsWith(Quoted, StringComparison.Ordinal);
}

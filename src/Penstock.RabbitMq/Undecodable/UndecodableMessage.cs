using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Penstock.RabbitMq.Undecodable;

/// <summary>A message that came to a queue of Penstock and is no wake-up, as it lies in the dead-letter queue of the broker.</summary>
/// <param name="Queue">Where it came to; the dead-letter queue itself if it was put there by hand.</param>
/// <param name="Body">Its beginning: text, or base64 of bytes that are none.</param>
/// <param name="Encoding"><c>utf-8</c> or <c>base64</c>.</param>
internal sealed record UndecodableMessage(string Queue, string Body, string Encoding, int SizeBytes)
{
    /// <summary>What a person needs to see who sent it, and no more than a payload should hold.</summary>
    public const int BodyBytesMax = 16 << 10;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Equal for each delivery of one message: it is reported once although the acknowledgement may get lost. Null: nothing tells it apart.</summary>
    public string? Key { get; private init; }

    public static UndecodableMessage From(BasicDeliverEventArgs delivered)
    {
        ReadOnlySpan<byte> body = delivered.Body.Span;
        ReadOnlySpan<byte> kept = body[..Math.Min(body.Length, BodyBytesMax)];
        (string queue, string? diedAt) = Death(delivered.BasicProperties);
        bool isText = TryText(kept, out string text);
        return new UndecodableMessage(queue.Length > 0 ? queue : delivered.RoutingKey, isText ? text : Convert.ToBase64String(kept), isText ? "utf-8" : "base64", body.Length)
        {
            Key = diedAt is null ? null : $"undecodable:{queue}:{diedAt}:{Convert.ToHexStringLower(SHA256.HashData(body))}",
        };
    }

    /// <summary>Control characters besides line ends and tabs count as bytes: not every database stores them in a text.</summary>
    private static bool TryText(ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        try
        {
            text = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        return !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
    }

    /// <summary>What the broker wrote on it when it was rejected.</summary>
    private static (string Queue, string? At) Death(IReadOnlyBasicProperties properties)
    {
        if (properties.Headers?.TryGetValue("x-death", out object? deaths) is not true || deaths is not IList<object> { Count: > 0 } list
            || list[0] is not IDictionary<string, object?> last)
            return ("", null);
        string queue = last.TryGetValue("queue", out object? name) && name is byte[] bytes ? System.Text.Encoding.UTF8.GetString(bytes) : "";
        string? at = last.TryGetValue("time", out object? time) && time is AmqpTimestamp stamp ? stamp.UnixTime.ToString(CultureInfo.InvariantCulture) : null;
        return (queue, at);
    }
}

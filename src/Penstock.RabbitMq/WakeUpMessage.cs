using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Penstock.RabbitMq;

/// <summary>A message of the transport: which queue has work, or what else happened. It carries no work itself.</summary>
/// <param name="Kind"><c>queue</c>, <c>leases</c> or <c>events</c>.</param>
/// <param name="From">The process that sent it.</param>
/// <param name="Heard">The sender's own count of wake-ups at that time, by which it knows whether it has looked since.</param>
internal sealed record WakeUpMessage(string Kind, string From, long Heard = 0, string? Queue = null)
{
    public const string QueueKind = "queue";
    public const string LeasesKind = "leases";
    public const string EventsKind = "events";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Unknown members are left alone, so that a later version can add some.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out WakeUpMessage? message, out string problem)
    {
        (message, problem) = (null, "");
        try
        {
            message = JsonSerializer.Deserialize<WakeUpMessage>(body, Json);
        }
        catch (JsonException error)
        {
            problem = error.Message;
            return false;
        }
        if (message is null || message.Kind is not (QueueKind or LeasesKind or EventsKind))
            problem = message is null ? "it is null" : $"it is of the unknown kind '{message.Kind}'";
        else if (message.Kind == QueueKind && message.Queue is not { Length: > 0 })
            problem = "it names no queue";
        else
            return true;
        message = null;
        return false;
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Engine.Operations;

/// <summary>The one way payloads and results become JSON and back: snake_case, strict types, required members.</summary>
public static class PayloadJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    public static string Write(object? value) => JsonSerializer.Serialize(value, value?.GetType() ?? typeof(object), Options);

    /// <exception cref="JsonException">With the path and what was expected there.</exception>
    public static object Read(string json, Type type) =>
        JsonSerializer.Deserialize(json, type, Options) ?? throw new JsonException("the payload is null");
}

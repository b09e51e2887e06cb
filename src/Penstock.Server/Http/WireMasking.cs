using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Penstock.Engine.Protection;

namespace Penstock.Server.Http;

/// <summary>Takes secrets out of every answer of the API, at the one place where all of them become JSON.</summary>
/// <remarks>
/// Payloads, results, fields and notes are <see cref="JsonElement"/> members of the wire records, so none can be forgotten. A
/// member that must carry the real value (the claim of a remote worker) says so with <see cref="Client.UnmaskedJsonConverter"/>.
/// </remarks>
internal static class WireMasking
{
    /// <summary>Texts in which programs and people quote what they were given.</summary>
    private static readonly HashSet<string> Texts =
        new(StringComparer.Ordinal) { "error_message", "message", "last_error", "error", "reason", "note", "notes" };

    public static void Apply(JsonSerializerOptions options, SecretMask mask)
    {
        options.Converters.Add(new Values(mask));
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(type => MaskTexts(type, mask));
    }

    private static void MaskTexts(JsonTypeInfo type, SecretMask mask)
    {
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property.PropertyType != typeof(string) || !Texts.Contains(property.Name) || property.Get is not { } get)
                continue;
            property.Get = owner => get(owner) is string text ? mask.Text(text) : null;
        }
    }

    private sealed class Values(SecretMask mask) : JsonConverter<JsonElement>
    {
        public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonElement.ParseValue(ref reader);

        public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => mask.Write(writer, value);
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Client;

/// <summary>Writes a JSON value as it is, where the server would otherwise take out what looks like a secret.</summary>
public sealed class UnmaskedJsonConverter : JsonConverter<JsonElement>
{
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonElement.ParseValue(ref reader);

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);
}

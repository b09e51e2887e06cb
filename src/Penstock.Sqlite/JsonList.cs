using System.Buffers;
using System.Text.Json;

namespace Penstock.Sqlite;

/// <summary>Lists as the JSON text that <c>json_each</c> takes apart.</summary>
/// <remarks>Written directly: the serializer would make its converters first, for each kind of list.</remarks>
internal static class JsonList
{
    public static ReadOnlySpan<byte> Of(IEnumerable<long> values) => Write(values, static (json, value) => json.WriteNumberValue(value));

    public static ReadOnlySpan<byte> Of(IEnumerable<int> values) => Write(values, static (json, value) => json.WriteNumberValue(value));

    public static ReadOnlySpan<byte> Of(IEnumerable<string> values) => Write(values, static (json, value) => json.WriteStringValue(value));

    public static ReadOnlySpan<byte> Of(IEnumerable<Guid> values) => Write(values, static (json, value) => json.WriteStringValue(value));

    private static ReadOnlySpan<byte> Write<T>(IEnumerable<T> values, Action<Utf8JsonWriter, T> write)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartArray();
            foreach (T value in values)
                write(json, value);
            json.WriteEndArray();
        }
        return text.WrittenSpan;
    }
}

using System.Globalization;
using System.Text;
using NpgsqlTypes;
using Penstock.Sql;

namespace Penstock.Postgres;

/// <summary>A value in the form a parameter's type asks for.</summary>
internal static class PostgresValue
{
    public static object Of(object? value, NpgsqlDbType type) => value is null
        ? DBNull.Value
        : type switch
        {
            NpgsqlDbType.Bigint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            NpgsqlDbType.Integer => Convert.ToInt32(value, CultureInfo.InvariantCulture),
            NpgsqlDbType.Smallint => Convert.ToInt16(value, CultureInfo.InvariantCulture),
            NpgsqlDbType.Numeric => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
            NpgsqlDbType.Double => value is TimeSpan span ? span.TotalSeconds : Convert.ToDouble(value, CultureInfo.InvariantCulture),
            NpgsqlDbType.Boolean => Convert.ToBoolean(value, CultureInfo.InvariantCulture),
            NpgsqlDbType.Uuid => value is Guid ? value : Guid.Parse((string)value),
            NpgsqlDbType.TimestampTz => ((DateTimeOffset)value).UtcDateTime,
            NpgsqlDbType.Text or NpgsqlDbType.Varchar or NpgsqlDbType.Json or NpgsqlDbType.Jsonb or NpgsqlDbType.Unknown => TextOf(value),
            NpgsqlDbType.Array | NpgsqlDbType.Uuid when value is SqlList<Guid?> ids => (Guid?[])[.. ids.Values],
            NpgsqlDbType.Array | NpgsqlDbType.Uuid => IdsOf(value),
            _ => ListOf(value),
        };

    /// <summary>Values of one type, each made by <see cref="Of"/>, as the array the driver sends.</summary>
    public static Array ArrayOf(List<object> values, NpgsqlDbType type) => type switch
    {
        NpgsqlDbType.Bigint => Fill<long?>(values),
        NpgsqlDbType.Integer => Fill<int?>(values),
        NpgsqlDbType.Smallint => Fill<short?>(values),
        NpgsqlDbType.Numeric => Fill<decimal?>(values),
        NpgsqlDbType.Double => Fill<double?>(values),
        NpgsqlDbType.Boolean => Fill<bool?>(values),
        NpgsqlDbType.Uuid => Fill<Guid?>(values),
        NpgsqlDbType.TimestampTz => Fill<DateTime?>(values),
        NpgsqlDbType.Bytea => Fill<byte[]?>(values),
        NpgsqlDbType.Text or NpgsqlDbType.Varchar or NpgsqlDbType.Json or NpgsqlDbType.Jsonb => Fill<string?>(values),
        _ => throw new NotSupportedException($"A column of {type} cannot be loaded."),
    };

    private static T[] Fill<T>(List<object> values) => [.. values.Select(v => v is DBNull ? default! : (T)v)];

    private static string TextOf(object value) => value switch
    {
        string text => Sound(text),
        Guid id => id.ToString(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>The server takes no NUL and no half of a surrogate pair, and the message of an error must not stop a job from ending.</summary>
    private static string Sound(string text)
    {
        if (text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;
    }

    private static Guid[] IdsOf(object value) => value switch
    {
        SqlList<Guid> ids => [.. ids.Values],
        SqlList<string> texts => [.. texts.Values.Select(Guid.Parse)],
        _ => throw NoForm(value),
    };

    private static object ListOf(object value) => value switch
    {
        byte[] => value,
        SqlList<long> numbers => (long[])[.. numbers.Values],
        SqlList<int> numbers => (int[])[.. numbers.Values],
        SqlList<int?> numbers => (int?[])[.. numbers.Values],
        SqlList<double?> numbers => (double?[])[.. numbers.Values],
        SqlList<string?> texts => (string?[])[.. texts.Values.Select(t => t is null ? null : Sound(t))],
        SqlList<DateTimeOffset?> instants => (DateTime?[])[.. instants.Values.Select(i => i?.UtcDateTime)],
        _ => throw NoForm(value),
    };

    private static NotSupportedException NoForm(object value) => new($"{value.GetType()} has no form in PostgreSQL here.");
}

using System.Collections;
using System.Data.Common;
using System.Globalization;
using System.Text;
using SQLitePCL;

namespace Penstock.Sqlite;

/// <summary>The row a statement stands on, read in place. Its statement moves it; it moves nothing itself.</summary>
internal sealed class SqliteRow(sqlite3_stmt statement) : DbDataReader
{
    public override int FieldCount => raw.sqlite3_column_count(statement);
    public override int Depth => 0;
    public override bool HasRows => true;
    public override bool IsClosed => false;
    public override int RecordsAffected => -1;
    public override object this[int ordinal] => GetValue(ordinal);
    public override object this[string name] => GetValue(GetOrdinal(name));

    public override bool IsDBNull(int ordinal) => raw.sqlite3_column_type(statement, ordinal) == raw.SQLITE_NULL;
    public override string GetString(int ordinal) => Encoding.UTF8.GetString(Text(ordinal));
    public override long GetInt64(int ordinal) => raw.sqlite3_column_int64(statement, ordinal);
    public override int GetInt32(int ordinal) => checked((int)GetInt64(ordinal));
    public override short GetInt16(int ordinal) => checked((short)GetInt64(ordinal));
    public override byte GetByte(int ordinal) => checked((byte)GetInt64(ordinal));
    public override bool GetBoolean(int ordinal) => GetInt64(ordinal) != 0;
    public override double GetDouble(int ordinal) => raw.sqlite3_column_double(statement, ordinal);
    public override float GetFloat(int ordinal) => (float)GetDouble(ordinal);
    public override decimal GetDecimal(int ordinal) => decimal.Parse(GetString(ordinal), CultureInfo.InvariantCulture);
    public override char GetChar(int ordinal) => GetString(ordinal)[0];
    public override Guid GetGuid(int ordinal) => Guid.Parse(Text(ordinal));
    public override DateTime GetDateTime(int ordinal) => Instant(ordinal).UtcDateTime;

    public override T GetFieldValue<T>(int ordinal)
    {
        if (typeof(T) == typeof(long))
            return (T)(object)GetInt64(ordinal);
        if (typeof(T) == typeof(int))
            return (T)(object)GetInt32(ordinal);
        if (typeof(T) == typeof(string))
            return (T)(object)GetString(ordinal);
        if (typeof(T) == typeof(Guid))
            return (T)(object)GetGuid(ordinal);
        if (typeof(T) == typeof(DateTimeOffset))
            return (T)(object)Instant(ordinal);
        if (typeof(T) == typeof(byte[]))
            return (T)(object)raw.sqlite3_column_blob(statement, ordinal).ToArray();
        if (typeof(T) == typeof(double))
            return (T)(object)GetDouble(ordinal);
        if (typeof(T) == typeof(bool))
            return (T)(object)GetBoolean(ordinal);
        throw new NotSupportedException($"A column is not read as {typeof(T)}.");
    }

    public override object GetValue(int ordinal) => raw.sqlite3_column_type(statement, ordinal) switch
    {
        raw.SQLITE_INTEGER => GetInt64(ordinal),
        raw.SQLITE_FLOAT => GetDouble(ordinal),
        raw.SQLITE_BLOB => GetFieldValue<byte[]>(ordinal),
        raw.SQLITE_NULL => DBNull.Value,
        _ => GetString(ordinal),
    };

    public override int GetValues(object[] values)
    {
        int count = Math.Min(values.Length, FieldCount);
        for (int i = 0; i < count; i++)
            values[i] = GetValue(i);
        return count;
    }

    public override string GetName(int ordinal) => raw.sqlite3_column_name(statement, ordinal).utf8_to_string();

    public override int GetOrdinal(string name)
    {
        for (int i = 0; i < FieldCount; i++)
        {
            if (string.Equals(GetName(i), name, StringComparison.OrdinalIgnoreCase))
                return i;
        }
        throw new ArgumentOutOfRangeException(nameof(name), name, "The statement has no such column.");
    }

    public override Type GetFieldType(int ordinal) => GetValue(ordinal).GetType();
    public override string GetDataTypeName(int ordinal) => GetFieldType(ordinal).Name;

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length)
    {
        ReadOnlySpan<byte> blob = raw.sqlite3_column_blob(statement, ordinal);
        if (buffer is null)
            return blob.Length;
        ReadOnlySpan<byte> part = blob[(int)dataOffset..];
        part = part[..Math.Min(length, part.Length)];
        part.CopyTo(buffer.AsSpan(bufferOffset));
        return part.Length;
    }

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length)
    {
        string text = GetString(ordinal);
        if (buffer is null)
            return text.Length;
        int count = Math.Min(length, text.Length - (int)dataOffset);
        text.CopyTo((int)dataOffset, buffer, bufferOffset, count);
        return count;
    }

    public override IEnumerator GetEnumerator() => throw new NotSupportedException("The statement moves its row.");
    public override bool Read() => throw new NotSupportedException("The statement moves its row.");
    public override bool NextResult() => throw new NotSupportedException("A statement has one result.");

    private ReadOnlySpan<byte> Text(int ordinal)
    {
        // Converts a number in place if it is one; the blob of a text is its UTF-8 bytes with their length.
        raw.sqlite3_column_text(statement, ordinal);
        return raw.sqlite3_column_blob(statement, ordinal);
    }

    private DateTimeOffset Instant(int ordinal) => InstantText.Read(Text(ordinal));
}

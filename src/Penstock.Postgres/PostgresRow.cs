using System.Collections;
using System.Data.Common;
using Npgsql;

namespace Penstock.Postgres;

/// <summary>A row as the stores read it: ids also as text, flags also as numbers, as on SQLite.</summary>
internal sealed class PostgresRow(NpgsqlDataReader reader) : DbDataReader
{
    public override int FieldCount => reader.FieldCount;
    public override int Depth => 0;
    public override bool HasRows => reader.HasRows;
    public override bool IsClosed => reader.IsClosed;
    public override int RecordsAffected => reader.RecordsAffected;
    public override object this[int ordinal] => reader[ordinal];
    public override object this[string name] => reader[name];

    public override bool IsDBNull(int ordinal) => reader.IsDBNull(ordinal);
    public override string GetString(int ordinal) =>
        reader.GetFieldType(ordinal) == typeof(Guid) ? reader.GetGuid(ordinal).ToString() : reader.GetString(ordinal);
    public override long GetInt64(int ordinal) => reader.GetInt64(ordinal);
    public override int GetInt32(int ordinal) => reader.GetInt32(ordinal);
    public override short GetInt16(int ordinal) => reader.GetInt16(ordinal);
    public override byte GetByte(int ordinal) => reader.GetByte(ordinal);
    public override bool GetBoolean(int ordinal) =>
        reader.GetFieldType(ordinal) == typeof(bool) ? reader.GetBoolean(ordinal) : reader.GetInt64(ordinal) != 0;
    public override double GetDouble(int ordinal) => reader.GetDouble(ordinal);
    public override float GetFloat(int ordinal) => (float)reader.GetDouble(ordinal);
    public override decimal GetDecimal(int ordinal) => reader.GetDecimal(ordinal);
    public override char GetChar(int ordinal) => GetString(ordinal)[0];
    public override Guid GetGuid(int ordinal) => reader.GetGuid(ordinal);
    public override DateTime GetDateTime(int ordinal) => reader.GetDateTime(ordinal);

    public override T GetFieldValue<T>(int ordinal)
    {
        if (typeof(T) == typeof(string))
            return (T)(object)GetString(ordinal);
        if (typeof(T) == typeof(bool))
            return (T)(object)GetBoolean(ordinal);
        return reader.GetFieldValue<T>(ordinal);
    }

    public override object GetValue(int ordinal) => reader.GetValue(ordinal);
    public override int GetValues(object[] values) => reader.GetValues(values);
    public override string GetName(int ordinal) => reader.GetName(ordinal);
    public override int GetOrdinal(string name) => reader.GetOrdinal(name);
    public override Type GetFieldType(int ordinal) => reader.GetFieldType(ordinal);
    public override string GetDataTypeName(int ordinal) => reader.GetDataTypeName(ordinal);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        reader.GetBytes(ordinal, dataOffset, buffer, bufferOffset, length);

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        reader.GetChars(ordinal, dataOffset, buffer, bufferOffset, length);

    public override IEnumerator GetEnumerator() => throw new NotSupportedException("The statement moves its row.");
    public override bool Read() => throw new NotSupportedException("The statement moves its row.");
    public override bool NextResult() => throw new NotSupportedException("A statement has one result.");
}

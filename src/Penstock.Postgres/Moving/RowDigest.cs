using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Penstock.Postgres.Moving;

/// <summary>A checksum of rows in any order: the sum of the hashes of their values.</summary>
/// <remarks>A sum, because two equal rows would cancel each other in an exclusive or. Each value carries its kind and length.</remarks>
internal sealed class RowDigest
{
    private readonly ArrayBufferWriter<byte> _row = new();
    private UInt128 _sum;

    public long Rows { get; private set; }

    /// <param name="values">In the order of the columns, as the driver sends and reads them.</param>
    public void Add(ReadOnlySpan<object> values)
    {
        _row.ResetWrittenCount();
        foreach (object value in values)
            Append(value);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_row.WrittenSpan, hash);
        _sum = unchecked(_sum + BinaryPrimitives.ReadUInt128LittleEndian(hash));
        Rows++;
    }

    public bool Equals(RowDigest other) => (Rows, _sum) == (other.Rows, other._sum);

    private void Append(object value)
    {
        switch (value)
        {
            case DBNull:
                Tag('0', 0);
                break;
            case long number:
                Number('i', number);
                break;
            case int number:
                Number('i', number);
                break;
            case double number:
                Number('d', BitConverter.DoubleToInt64Bits(number));
                break;
            case DateTime instant:
                Number('t', instant.Ticks);
                break;
            case Guid id:
                Tag('u', 16);
                id.TryWriteBytes(_row.GetSpan(16));
                _row.Advance(16);
                break;
            case string text:
                int length = Encoding.UTF8.GetByteCount(text);
                Tag('s', length);
                Encoding.UTF8.GetBytes(text, _row);
                break;
            case byte[] bytes:
                Tag('b', bytes.Length);
                _row.Write(bytes);
                break;
            default:
                throw new NotSupportedException($"{value.GetType()} has no place in a checksum.");
        }
    }

    private void Number(char tag, long number)
    {
        Tag(tag, sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_row.GetSpan(sizeof(long)), number);
        _row.Advance(sizeof(long));
    }

    private void Tag(char tag, int length)
    {
        Span<byte> head = _row.GetSpan(5);
        head[0] = (byte)tag;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], length);
        _row.Advance(5);
    }
}

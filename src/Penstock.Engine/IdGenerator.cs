using System.Buffers.Binary;

namespace Penstock.Engine;

/// <summary>UUIDs version 7 (RFC 9562): time first, so that rows made together lie together.</summary>
/// <remarks>Within one millisecond a counter takes the place of the leading random bits, so ids of one process grow strictly.</remarks>
public sealed class IdGenerator(TimeProvider time, Random random)
{
    private readonly Lock _lock = new();
    private long _lastMilliseconds;
    private int _counter;

    public Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_lock)
        {
            long now = time.GetUtcNow().ToUnixTimeMilliseconds();
            if (now > _lastMilliseconds)
            {
                _lastMilliseconds = now;
                _counter = random.Next(0x800);
            }
            else if (++_counter > 0xFFF)
            {
                // More than the counter holds, or a clock set back: borrow from the future and stay in order.
                _lastMilliseconds++;
                _counter = random.Next(0x800);
            }
            random.NextBytes(bytes[8..]);
            BinaryPrimitives.WriteInt64BigEndian(bytes, _lastMilliseconds << 16);
            BinaryPrimitives.WriteInt16BigEndian(bytes[6..], (short)(0x7000 | _counter));
        }
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The smallest id of an instant: ids made before it are lower.</summary>
    public static Guid FloorOf(DateTimeOffset instant)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, instant.ToUnixTimeMilliseconds() << 16);
        bytes[6] = 0x70;
        bytes[8] = 0x80;
        return new Guid(bytes, bigEndian: true);
    }
}

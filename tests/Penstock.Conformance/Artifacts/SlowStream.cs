namespace Penstock.Conformance.Artifacts;

/// <summary>Content of unknown length that comes in small pieces, as from a network; something can happen at a byte of it.</summary>
internal sealed class SlowStream(byte[] content) : Stream
{
    private const int PieceBytes = 60_000;
    private int _position;

    /// <summary>Where <see cref="OnReached"/> is called, once, before the next piece is given.</summary>
    public int At { get; init; } = -1;
    public Func<Task>? OnReached { get; set; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (At >= 0 && _position >= At && OnReached is { } reached)
        {
            OnReached = null;
            await reached();
        }
        int count = Math.Min(Math.Min(PieceBytes, buffer.Length), content.Length - _position);
        content.AsMemory(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Everything here reads without blocking.");
    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

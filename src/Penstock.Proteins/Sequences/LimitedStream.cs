using Penstock.Proteins.Files;

namespace Penstock.Proteins.Sequences;

/// <summary>Passes at most a number of bytes, then fails: a small gzip file can unpack to any size.</summary>
internal sealed class LimitedStream(Stream source, long bytesMax) : ReadOnceStream
{
    private long _read;

    public override int Read(Span<byte> buffer) => Count(source.Read(buffer));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await source.ReadAsync(buffer, cancellationToken));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int length)
    {
        _read += length;
        return _read <= bytesMax ? length : throw new FastaTooLargeException(bytesMax);
    }
}

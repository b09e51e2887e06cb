using System.IO.Compression;

namespace Penstock.Proteins.Files;

/// <summary>Unpacks gzip and notices where the data was cut off, which <see cref="GZipStream"/> does not.</summary>
/// <remarks>
/// GZipStream takes the end of its input for the end of the data, at any byte: a download that stopped half-way would
/// load as a shorter file. So the input is followed by one more gzip member with known content. If the file is whole,
/// that content comes out behind the file's own; if it was cut, the extra member is swallowed as data of the cut one.
/// Bytes behind a whole last member that are no gzip member are ignored, as gzip does.
/// </remarks>
internal sealed class GzipInputStream : ReadOnceStream
{
    private static readonly byte[] EndMark = "penstock-gzip-end-mark"u8.ToArray();
    private static readonly byte[] EndMember = Pack(EndMark);

    private readonly MarkedInput _input;
    private readonly GZipStream _unpacked;
    private byte[]? _tail;
    private int _tailRead;

    public GzipInputStream(Stream source)
    {
        _input = new MarkedInput(source);
        _unpacked = new GZipStream(_input, CompressionMode.Decompress);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_tail is not null || buffer.IsEmpty)
            return TakeTail(buffer);
        try
        {
            int length = _unpacked.Read(buffer);
            if (!_input.MarkGiven)
                return length;
            using var tail = new MemoryStream();
            tail.Write(buffer[..length]);
            _unpacked.CopyTo(tail);
            KeepTail(tail);
        }
        catch (InvalidDataException broken)
        {
            throw Explain(broken);
        }
        return TakeTail(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_tail is not null || buffer.IsEmpty)
            return TakeTail(buffer.Span);
        try
        {
            int length = await _unpacked.ReadAsync(buffer, cancellationToken);
            if (!_input.MarkGiven)
                return length;
            using var tail = new MemoryStream();
            tail.Write(buffer.Span[..length]);
            await _unpacked.CopyToAsync(tail, cancellationToken);
            KeepTail(tail);
        }
        catch (InvalidDataException broken)
        {
            throw Explain(broken);
        }
        return TakeTail(buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _unpacked.Dispose();
        base.Dispose(disposing);
    }

    // Small: what is left comes from the mark and the few bits the decoder still held.
    private void KeepTail(MemoryStream tail)
    {
        byte[] bytes = tail.ToArray();
        if (!bytes.AsSpan().EndsWith(EndMark))
            throw new GzipTruncatedException(_input.BytesRead);
        _tail = bytes[..^EndMark.Length];
    }

    private int TakeTail(Span<byte> buffer)
    {
        if (_tail is null)
            return 0;
        int length = Math.Min(buffer.Length, _tail.Length - _tailRead);
        _tail.AsSpan(_tailRead, length).CopyTo(buffer);
        _tailRead += length;
        return length;
    }

    // The decoder asked for more than the file has, or failed on bytes of the file itself.
    private Exception Explain(InvalidDataException broken) => _input.MarkGiven
        ? new GzipTruncatedException(_input.BytesRead, broken)
        : new GzipDamagedException(_input.BytesRead, broken);

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.NoCompression, leaveOpen: true))
            gzip.Write(content);
        return packed.ToArray();
    }

    /// <summary>The source, then the mark; never bytes of both in one answer, so that an error can be placed.</summary>
    private sealed class MarkedInput(Stream source) : ReadOnceStream
    {
        private int _markRead;

        public bool MarkGiven { get; private set; }

        public long BytesRead { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            int length = MarkGiven || buffer.IsEmpty ? 0 : source.Read(buffer);
            return Count(length, buffer);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int length = MarkGiven || buffer.IsEmpty ? 0 : await source.ReadAsync(buffer, cancellationToken);
            return Count(length, buffer.Span);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }

        private int Count(int length, Span<byte> buffer)
        {
            BytesRead += length;
            if (length > 0 || buffer.IsEmpty)
                return length;
            MarkGiven = true;
            int mark = Math.Min(buffer.Length, EndMember.Length - _markRead);
            EndMember.AsSpan(_markRead, mark).CopyTo(buffer);
            _markRead += mark;
            return mark;
        }
    }
}

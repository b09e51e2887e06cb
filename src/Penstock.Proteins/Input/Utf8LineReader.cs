using System.Buffers;
using System.Runtime.CompilerServices;

namespace Penstock.Proteins.Input;

/// <summary>Reads lines as bytes from one pooled buffer: no string is made for a line nobody keeps.</summary>
/// <remarks>
/// A line is valid until the next read. The buffer grows for a longer line, up to <see cref="LineBytesMax"/>.
/// Methods that run once a line or once a term ask for full optimisation at once, here and in the evaluator: an evaluation is
/// over before tiered compilation would replace their first code. Measured on the human_A benchmark: 0.28 s of processor time
/// without, 0.20 s with it.
/// </remarks>
internal sealed class Utf8LineReader : IDisposable
{
    /// <summary>Longest line taken; beyond it the input is not a text table but something else.</summary>
    public const int LineBytesMax = 16 * 1024 * 1024;

    private const int BufferBytes = 128 * 1024;

    private readonly Stream _stream;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <param name="stream">Decompressed content; disposed with the reader.</param>
    public Utf8LineReader(Stream stream) => _stream = stream;

    /// <summary>Number of the line read last, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>The next line without its line feed; a carriage return before it stays (all readers trim white space).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = _buffer.AsSpan(_start, searched + length);
                _start += searched + length + 1;
                LineNumber++;
                return true;
            }
            searched = _end - _start;
            if (_isAtEnd)
            {
                line = _buffer.AsSpan(_start, searched);
                _start = _end;
                LineNumber += searched > 0 ? 1 : 0;
                return searched > 0;
            }
            Fill();
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _stream.Dispose();
    }

    private void Fill()
    {
        int kept = _end - _start;
        if (kept >= LineBytesMax)
            throw new InvalidDataException($"Line {LineNumber + 1} is longer than {LineBytesMax} bytes.");
        if (kept > _buffer.Length / 2)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(_start, kept).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        else
        {
            _buffer.AsSpan(_start, kept).CopyTo(_buffer);
        }
        _start = 0;
        _end = kept;
        int read = _stream.Read(_buffer.AsSpan(_end));
        _end += read;
        _isAtEnd = read == 0;
    }
}

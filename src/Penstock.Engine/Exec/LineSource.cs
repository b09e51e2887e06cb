using System.Text;

namespace Penstock.Engine.Exec;

/// <summary>The lines of a stream, holding at most one line of bounded length however much is written to it.</summary>
internal sealed class LineSource(Stream stream, int lineBytesMax)
{
    private readonly byte[] _buffer = new byte[16 << 10];
    private readonly List<byte> _line = [];
    private int _from;
    private int _to;

    /// <returns>Null: the end.</returns>
    public async Task<Line?> NextAsync(CancellationToken cancellationToken)
    {
        _line.Clear();
        long length = 0;
        while (true)
        {
            if (_from == _to)
            {
                (_from, _to) = (0, await stream.ReadAsync(_buffer, cancellationToken));
                if (_to == 0)
                    return length == 0 ? null : Finished(length);
            }
            int newLine = Array.IndexOf(_buffer, (byte)'\n', _from, _to - _from);
            int end = newLine < 0 ? _to : newLine;
            length += end - _from;
            int room = Math.Min(end - _from, lineBytesMax - _line.Count);
            _line.AddRange(_buffer.AsSpan(_from, room));
            _from = newLine < 0 ? _to : newLine + 1;
            if (newLine >= 0)
                return Finished(length);
        }
    }

    // Bytes that are not UTF-8 become replacement characters: output is for people.
    private Line Finished(long length) => new(
        Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_line)).TrimEnd('\r'), length > lineBytesMax);
}

/// <param name="IsCut">It was longer than lines may be.</param>
internal sealed record Line(string Text, bool IsCut);

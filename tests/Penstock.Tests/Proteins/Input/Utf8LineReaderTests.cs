using System.Text;
using Penstock.Proteins.Input;
using Xunit;

namespace Penstock.Tests.Proteins.Input;

public sealed class Utf8LineReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("one\n")]
    [InlineData("\n\n")]
    [InlineData("one\n\ntwo\r\nthree")]
    public void Lines_equal_those_between_line_feeds(string text)
    {
        string[] expected = text.Length == 0 ? [] : (text.EndsWith('\n') ? text[..^1] : text).Split('\n');
        Assert.Equal(expected, ReadAll(text, chunkBytes: 3));
    }

    [Fact]
    public void Lines_across_any_border_of_the_buffer_stay_whole()
    {
        Random random = new(20_260_101);
        for (int round = 0; round < 20; round++)
        {
            StringBuilder text = new();
            while (text.Length < 400_000)
                text.Append('x', random.Next(random.Next(5) == 0 ? 300_000 : 50)).Append(random.Next(10)).Append('\n');
            Assert.Equal(text.ToString().TrimEnd('\n').Split('\n'), ReadAll(text.ToString(), random.Next(1, 200_000)));
        }
    }

    [Fact]
    public void A_line_without_end_is_refused_instead_of_filling_memory()
    {
        using Utf8LineReader reader = new(new MemoryStream(new byte[Utf8LineReader.LineBytesMax + 1]));
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => reader.TryRead(out _));
        Assert.Contains("Line 1 is longer", error.Message, StringComparison.Ordinal);
    }

    private static List<string> ReadAll(string text, int chunkBytes)
    {
        List<string> lines = [];
        using Utf8LineReader reader = new(new ChunkedStream(Encoding.UTF8.GetBytes(text), chunkBytes));
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            lines.Add(Encoding.UTF8.GetString(line));
            Assert.Equal(lines.Count, reader.LineNumber);
        }
        return lines;
    }

    /// <summary>Gives at most a few bytes a read, as networks and decompressors do.</summary>
    private sealed class ChunkedStream(byte[] content, int chunkBytes) : MemoryStream(content)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, chunkBytes)]);
    }
}

using System.IO.Compression;

namespace Penstock.Proteins.Input;

/// <summary>Opens a stream that may be gzip, deciding by its first two bytes and never by a file name.</summary>
public static class GzipInput
{
    private const byte Magic0 = 0x1f;
    private const byte Magic1 = 0x8b;

    /// <summary>The decompressed content of <paramref name="source"/>, which the result owns and disposes.</summary>
    /// <remarks>A gzip stream that ends early fails with <see cref="InvalidDataException"/> at the read that finds it.</remarks>
    public static Stream Open(Stream source)
    {
        byte[] head = new byte[2];
        int length = source.ReadAtLeast(head, 2, throwOnEndOfStream: false);
        Stream whole;
        if (source.CanSeek)
        {
            source.Seek(-length, SeekOrigin.Current);
            whole = source;
        }
        else
        {
            whole = new PrefixedStream(head.AsMemory(0, length), source);
        }
        return length == 2 && head[0] == Magic0 && head[1] == Magic1
            ? new GZipStream(whole, CompressionMode.Decompress)
            : whole;
    }
}

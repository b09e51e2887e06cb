namespace Penstock.Proteins.Files;

/// <summary>Opens a file that may be gzip: told by its first two bytes, never by its name.</summary>
/// <remarks>
/// An address that ends in .gz may serve plain text (a proxy has unpacked it), and an upload has no name to trust.
/// The stream needs no seeking, so an upload or a download can be read as it comes.
/// </remarks>
public static class CompressedInput
{
    /// <summary>The text of <paramref name="source"/>, unpacked if it is gzip. The result owns the source.</summary>
    /// <returns>A stream to read once; it throws <see cref="GzipTruncatedException"/> or
    /// <see cref="GzipDamagedException"/> where the compressed data is not whole.</returns>
    public static async ValueTask<Stream> OpenAsync(Stream source, CancellationToken cancellationToken)
    {
        byte[] head = new byte[2];
        int length = await source.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        return Wrap(source, head, length);
    }

    /// <inheritdoc cref="OpenAsync"/>
    public static Stream Open(Stream source)
    {
        byte[] head = new byte[2];
        int length = source.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return Wrap(source, head, length);
    }

    private static Stream Wrap(Stream source, byte[] head, int length)
    {
        var whole = new ReplayedStream(head.AsMemory(0, length), source);
        return length == 2 && head[0] == 0x1f && head[1] == 0x8b ? new GzipInputStream(whole) : whole;
    }
}

using System.IO.Compression;
using Penstock.Proteins.Files;
using Xunit;

namespace Penstock.Tests.Proteins.Files;

public class CompressedInputTests
{
    private static readonly byte[] Content = MakeContent();
    private static readonly byte[] Packed = Pack(Content);

    public static TheoryData<int> Cuts => [1, 3, 4, 7, 8, 9, 20, 100, 5_000, Packed.Length / 2, Packed.Length - 20, Packed.Length - 3];

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("plain text")]
    public async Task Plain_text_passes_unchanged_however_short(string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        Assert.Equal(bytes, await ReadAsync(bytes));
        Assert.Equal(bytes, ReadSync(bytes));
    }

    [Fact]
    public async Task Gzip_is_told_by_its_first_bytes_and_unpacked()
    {
        Assert.Equal(Content, await ReadAsync(Packed));
        Assert.Equal(Content, ReadSync(Packed));
    }

    [Fact]
    public async Task Members_one_behind_the_other_are_one_text()
    {
        byte[] twice = [.. Packed, .. Packed, .. Pack([])];
        byte[] expected = [.. Content, .. Content];
        Assert.Equal(expected, await ReadAsync(twice));
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task A_gzip_cut_anywhere_is_an_error_and_never_a_shorter_file(int missing)
    {
        byte[] cut = Packed[..^missing];
        GzipTruncatedException error = await Assert.ThrowsAsync<GzipTruncatedException>(() => ReadAsync(cut));
        Assert.Equal("gzip-truncated", error.Code);
        Assert.Throws<GzipTruncatedException>(() => ReadSync(cut));
    }

    [Fact]
    public async Task A_second_member_cut_inside_its_header_is_noticed()
    {
        byte[] cut = [.. Packed, .. Packed[..6]];
        await Assert.ThrowsAsync<GzipTruncatedException>(() => ReadAsync(cut));
    }

    [Fact]
    public async Task A_wrong_checksum_is_damage_not_truncation()
    {
        byte[] damaged = [.. Packed];
        damaged[^6] ^= 1;
        GzipDamagedException error = await Assert.ThrowsAsync<GzipDamagedException>(() => ReadAsync(damaged));
        Assert.Equal("gzip-damaged", error.Code);
    }

    [Fact]
    public async Task Padding_behind_a_whole_gzip_is_ignored()
    {
        byte[] padded = [.. Packed, .. new byte[512]];
        Assert.Equal(Content, await ReadAsync(padded));
    }

    private static async Task<byte[]> ReadAsync(byte[] source)
    {
        // Seven bytes at a time, as a slow network may deliver them.
        await using Stream input = await CompressedInput.OpenAsync(new TrickleStream(source, 7), TestContext.Current.CancellationToken);
        using var output = new MemoryStream();
        await input.CopyToAsync(output, TestContext.Current.CancellationToken);
        return output.ToArray();
    }

    private static byte[] ReadSync(byte[] source)
    {
        using Stream input = CompressedInput.Open(new MemoryStream(source));
        using var output = new MemoryStream();
        input.CopyTo(output, 100);
        return output.ToArray();
    }

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(content);
        return packed.ToArray();
    }

    private static byte[] MakeContent()
    {
        var random = new Random(1);
        var bytes = new byte[40_000];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)"ACDEFGHIKLMNPQRSTVWY\n"[random.Next(21)];
        return bytes;
    }

    private sealed class TrickleStream(byte[] bytes, int atOnce) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, atOnce)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, atOnce)], cancellationToken);
    }
}

using System.Text;
using Penstock.Engine.Storage;
using Penstock.S3;
using Penstock.Testing.Servers;
using Xunit;

namespace Penstock.Conformance.Artifacts;

/// <summary>A bad wire to a real S3 server: cut connections, silence, damage.</summary>
public sealed class S3WireTests : IAsyncLifetime
{
    private const int Part = S3Options.PartBytesMin;

    private S3Options _direct = null!;
    private TcpRelay _wire = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(S3Server.SkipReason is not null, S3Server.SkipReason ?? "");
        _direct = await (await S3Server.GetAsync()).NewBucketAsync();
        _wire = new TcpRelay(_direct.Endpoint);
    }

    public ValueTask DisposeAsync()
    {
        _wire?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_put_whose_content_comes_back_damaged_fails_and_the_name_keeps_what_it_had()
    {
        using S3ArtifactStore store = OverTheWire();
        await store.PutAsync("a/file", new MemoryStream("old"u8.ToArray()), "text/plain", Cancel);
        byte[] marker = Encoding.ASCII.GetBytes("this very text, in one piece");
        _wire.OnAnswer = bytes =>
        {
            if (bytes.Span.IndexOf(marker) is >= 0 and int at)
                bytes.Span[at] ^= 0x20;
        };

        ArtifactCorruptException error = await Assert.ThrowsAsync<ArtifactCorruptException>(
            () => store.PutAsync("a/file", new MemoryStream(marker), "text/plain", Cancel));

        Assert.Contains("SHA-256", error.Message, StringComparison.Ordinal);
        using StreamReader reader = new(await store.OpenAsync("a/file", Cancel));
        Assert.Equal("old", await reader.ReadToEndAsync(Cancel));
    }

    [Fact]
    public async Task A_download_over_connections_that_break_every_other_megabyte_is_whole()
    {
        byte[] content = S3ArtifactTests.Content((2 * Part) + 5);
        using S3ArtifactStore store = OverTheWire();
        await store.PutAsync("a/file", new SlowStream(content), "text/plain", Cancel);
        _wire.CutAfterReceived = 2 << 20;

        await using Stream stream = await store.OpenAsync("a/file", Cancel);
        using MemoryStream copy = new();
        await stream.CopyToAsync(copy, Cancel);

        Assert.Equal(content, copy.ToArray());
        Assert.InRange(_wire.Cuts, 4, 8);
    }

    [Fact]
    public async Task An_upload_whose_connections_break_in_the_middle_of_parts_is_whole()
    {
        byte[] content = S3ArtifactTests.Content((3 * Part) + 5);
        using S3ArtifactStore store = OverTheWire();
        (_wire.CutAfterSent, _wire.CutsMax) = (Part / 2, 3);

        await store.PutAsync("a/file", new SlowStream(content), "text/plain", Cancel);

        using MemoryStream copy = new();
        await using (Stream stream = await store.OpenAsync("a/file", Cancel))
            await stream.CopyToAsync(copy, Cancel);
        Assert.Equal(content, copy.ToArray());
        Assert.True(_wire.Cuts >= 3, $"{_wire.Cuts} connections were cut.");
        Assert.Empty(await store.Bucket.UploadsAsync("", Cancel));
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up_after_the_time_that_was_set()
    {
        // Long enough for a busy machine to answer while the wire is good.
        using S3ArtifactStore store = OverTheWire(timeout: TimeSpan.FromSeconds(5), retries: 0);
        // More than all the buffers on the way hold.
        await store.PutAsync("a/file", new MemoryStream(S3ArtifactTests.Content(8 * Part)), "text/plain", Cancel);
        await using Stream stream = await store.OpenAsync("a/file", Cancel);
        await stream.ReadExactlyAsync(new byte[1_000], Cancel);
        _wire.Stalls = true;

        Task find = store.FindAsync("a/file", Cancel);
        S3UnreachableException silent = await Assert.ThrowsAsync<S3UnreachableException>(() => stream.CopyToAsync(Stream.Null, Cancel));
        Assert.Contains("no answer within 5 s", silent.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<S3UnreachableException>(() => find);
    }

    private S3ArtifactStore OverTheWire(TimeSpan? timeout = null, int retries = 5) => ArtifactsOnS3.New(new S3Options
    {
        Endpoint = _wire.Address, Bucket = _direct.Bucket, AccessKey = _direct.AccessKey, SecretKey = _direct.SecretKey,
        PartBytes = Part, RetriesMax = retries, RequestTimeout = timeout ?? TimeSpan.FromSeconds(60),
    });
}

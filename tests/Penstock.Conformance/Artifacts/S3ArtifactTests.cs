using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Penstock.Engine;
using Penstock.Engine.Storage;
using Penstock.S3;
using Penstock.Testing.Servers;
using Xunit;

namespace Penstock.Conformance.Artifacts;

/// <summary>What only a store on another system can get wrong: parts, broken connections, damage, refusals. Against a real S3 server.</summary>
public sealed class S3ArtifactTests : IAsyncLifetime
{
    private const int Part = S3Options.PartBytesMin;

    private S3Server _server = null!;
    private S3Options _options = null!;
    private S3ArtifactStore _store = null!;
    private AmazonS3Client _behind = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(S3Server.SkipReason is not null, S3Server.SkipReason ?? "");
        _server = await S3Server.GetAsync();
        S3Options bucket = await _server.NewBucketAsync();
        _options = With(bucket);
        _store = ArtifactsOnS3.New(_options);
        _behind = S3Server.Client(_options);
    }

    public ValueTask DisposeAsync()
    {
        _store?.Dispose();
        _behind?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData((4 * Part) + 12_345)]
    [InlineData(4 * Part)]
    [InlineData(Part)]
    [InlineData(Part - 1)]
    [InlineData(0)]
    public async Task A_stream_of_unknown_length_arrives_whole_and_leaves_nothing_else(int size)
    {
        byte[] content = Content(size);
        Artifact put = await _store.PutAsync("big/file", new SlowStream(content), "application/x-test", Cancel);

        Assert.Equal((Hash(content), (long)size), (put.Sha256, put.SizeBytes));
        Assert.Equal(content, await ReadAsync("big/file"));
        Assert.Equal([$"blobs/sha256/{put.Sha256}", "names/big/file"], await KeysAsync());
        Assert.Empty(await _store.Bucket.UploadsAsync("", Cancel));
    }

    [Fact]
    public async Task Content_larger_than_one_copy_may_be_is_copied_in_pieces()
    {
        using S3ArtifactStore store = ArtifactsOnS3.New(With(_options, copyBytes: Part));
        byte[] content = Content((2 * Part) + 777);

        await store.PutAsync("big/copied", new SlowStream(content), "application/x-test", Cancel);

        Assert.Equal(content, await ReadAsync("big/copied"));
        Assert.Empty(await _store.Bucket.UploadsAsync("", Cancel));
    }

    [Fact]
    public async Task A_put_that_is_cancelled_leaves_no_parts_no_upload_and_no_name()
    {
        using CancellationTokenSource cancel = new();
        SlowStream content = new(Content(6 * Part)) { At = 4 * Part };
        content.OnReached = () =>
        {
            cancel.Cancel();
            return Task.CompletedTask;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.PutAsync("big/never", content, "text/plain", cancel.Token));

        Assert.Empty(await _store.Bucket.UploadsAsync("", Cancel));
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task A_source_that_breaks_in_a_later_part_ends_the_put_with_its_own_error_and_leaves_nothing()
    {
        SlowStream content = new(Content(6 * Part)) { At = 3 * Part, OnReached = () => throw new EndOfStreamException("the source broke off") };

        EndOfStreamException error = await Assert.ThrowsAsync<EndOfStreamException>(() => _store.PutAsync("big/never", content, "text/plain", Cancel));

        Assert.Equal("the source broke off", error.Message);
        Assert.Empty(await _store.Bucket.UploadsAsync("", Cancel));
        Assert.Empty(await KeysAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Content_altered_behind_the_stores_back_is_noticed_by_its_reader_and_mended_by_the_next_put(bool shorter)
    {
        byte[] content = Content(200_000);
        Artifact put = await PutAsync("a/file", content);
        byte[] altered = [.. content];
        altered[100_000] ^= 1;
        await _behind.PutObjectAsync(new PutObjectRequest
        {
            BucketName = _options.Bucket, Key = $"blobs/sha256/{put.Sha256}", UseChunkEncoding = false,
            InputStream = new MemoryStream(shorter ? altered[..150_000] : altered),
        }, Cancel);

        ArtifactCorruptException error = await Assert.ThrowsAsync<ArtifactCorruptException>(() => ReadAsync("a/file"));
        Assert.Equal("artifact-corrupt", error.Code);
        Assert.Contains(put.Sha256, error.Message, StringComparison.Ordinal);
        Assert.Contains(shorter ? "150000 bytes" : Hash(altered), error.Message, StringComparison.Ordinal);

        await PutAsync("b/other", content);
        Assert.Equal(content, await ReadAsync("a/file"));
    }

    [Fact]
    public async Task Content_that_was_removed_behind_the_stores_back_is_an_error_that_says_so()
    {
        Artifact put = await PutAsync("a/file", Content(10));
        await _behind.DeleteObjectAsync(_options.Bucket, $"blobs/sha256/{put.Sha256}", Cancel);

        ArtifactCorruptException error = await Assert.ThrowsAsync<ArtifactCorruptException>(() => _store.OpenAsync("a/file", Cancel));
        Assert.Contains("there is nothing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_whose_entry_is_not_readable_is_an_error_and_can_be_deleted_or_replaced()
    {
        await PutAsync("a/file", Content(10));
        await _behind.PutObjectAsync(new PutObjectRequest { BucketName = _options.Bucket, Key = "names/a/file", ContentBody = "{\"Name\":", UseChunkEncoding = false }, Cancel);

        Assert.Equal("artifact-corrupt", (await Assert.ThrowsAsync<ArtifactCorruptException>(() => _store.OpenAsync("a/file", Cancel))).Code);
        Assert.True(await _store.DeleteAsync("a/file", Cancel));
        await PutAsync("a/file", Content(10));
        Assert.Equal(Content(10), await ReadAsync("a/file"));
    }

    [Fact]
    public async Task A_wrong_secret_an_unknown_key_and_a_missing_bucket_are_told_apart_and_no_secret_is_shown()
    {
        const string Secret = "not-the-secret-at-all";
        await AssertErrorAsync<S3DeniedException>(With(_options, secret: Secret), "artifact-store-denied", "does not belong to the access key");
        await AssertErrorAsync<S3DeniedException>(_server.Options(_options.Bucket, accessKey: "nobody"), "artifact-store-denied", "does not know the access key nobody");
        await AssertErrorAsync<S3BucketMissingException>(_server.Options("no-such-bucket"), "artifact-bucket-missing", "'no-such-bucket'");

        async Task AssertErrorAsync<T>(S3Options options, string code, string part) where T : PenstockException
        {
            using S3ArtifactStore store = ArtifactsOnS3.New(options);
            foreach (Func<Task> call in (Func<Task>[])
                [
                    () => store.PutAsync("a/small", new MemoryStream(Content(10)), "text/plain", Cancel),
                    () => store.PutAsync("a/large", new SlowStream(Content(Part + 1)), "text/plain", Cancel),
                    () => store.OpenAsync("a/small", Cancel), () => store.ListAsync("", null, 10, Cancel), () => store.DeleteAsync("a/small", Cancel),
                    () => store.ProbeAsync(Cancel),
                ])
            {
                T error = await Assert.ThrowsAsync<T>(call);
                Assert.Equal(code, error.Code);
                Assert.DoesNotContain(options.SecretKey, error.ToString(), StringComparison.Ordinal);
            }
            // HEAD, with which a put begins, is answered without words, so only some calls can know more than "forbidden".
            Assert.Contains(part, (await Assert.ThrowsAsync<T>(() => store.FindAsync("a/small", Cancel))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_user_without_room_left_is_told_that_the_storage_is_full_and_nothing_is_kept()
    {
        await _server.AddUserAsync("limited", quotaBytes: 1 << 20);
        S3Options limited = _server.Options("limited-bucket", accessKey: "limited");
        using (AmazonS3Client client = S3Server.Client(limited))
            await client.PutBucketAsync(limited.Bucket, Cancel);
        using S3ArtifactStore store = ArtifactsOnS3.New(With(limited));

        foreach (int size in (int[])[2 << 20, (2 * Part) + 1])
        {
            ArtifactStorageFullException error = await Assert.ThrowsAsync<ArtifactStorageFullException>(
                () => store.PutAsync("a/file", new SlowStream(Content(size)), "text/plain", Cancel));
            Assert.Equal("storage-full", error.Code);
            Assert.Null(await store.FindAsync("a/file", Cancel));
            Assert.Empty(await store.Bucket.UploadsAsync("", Cancel));
        }
    }

    [Fact]
    public async Task Many_puts_of_one_content_and_of_one_name_at_once_leave_one_content_and_one_whole_artifact()
    {
        byte[] same = Content(Part + 99);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _store.PutAsync($"same/{i}", new SlowStream(same), "text/plain", Cancel)));
        Assert.Single(await KeysAsync("blobs/"));
        foreach (int i in Enumerable.Range(0, 8))
            Assert.Equal(same, await ReadAsync($"same/{i}"));

        byte[][] contents = [.. Enumerable.Range(0, 8).Select(i => Content(1_000 + i))];
        await PutAsync("one/name", contents[0]);
        Task[] puts = [.. contents.Select(content => PutAsync("one/name", content))];
        while (!puts.All(put => put.IsCompleted))
            Assert.Contains(await ReadAsync("one/name"), contents);
        await Task.WhenAll(puts);
        Assert.Contains(await ReadAsync("one/name"), contents);
        Assert.Empty(await KeysAsync("incoming/"));
    }

    [Fact]
    public async Task Reading_can_begin_anywhere_and_end_early()
    {
        byte[] content = Content(300_000);
        await PutAsync("a/file", content);
        await using Stream stream = await _store.OpenAsync("a/file", Cancel);
        byte[] piece = new byte[1_000];

        stream.Position = 250_000;
        await stream.ReadExactlyAsync(piece, Cancel);
        Assert.Equal(content[250_000..251_000], piece);
        stream.Seek(-1_000, SeekOrigin.End);
        Assert.Equal(1_000, stream.Read(piece.AsSpan()));
        Assert.Equal(content[^1_000..], piece);
        Assert.Equal((300_000L, 0), (stream.Length, await stream.ReadAsync(piece, Cancel)));
    }

    [Fact]
    public async Task A_presigned_address_gives_the_file_under_its_own_name_and_type_to_anybody()
    {
        byte[] content = Content(5_000);
        await _store.PutAsync("sets/a.tsv", new MemoryStream(content), "text/tab-separated-values", Cancel);
        Uri address = await _store.PresignAsync("sets/a.tsv", Cancel);

        using HttpClient anybody = new();
        using HttpResponseMessage answer = await anybody.GetAsync(address, Cancel);
        Assert.Equal(content, await answer.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(("text/tab-separated-values", "attachment", "a.tsv"), (
            answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition?.DispositionType,
            answer.Content.Headers.ContentDisposition?.FileName?.Trim('"')));
        Assert.DoesNotContain(_options.SecretKey, address.AbsoluteUri, StringComparison.Ordinal);
        using HttpResponseMessage other = await anybody.GetAsync(new Uri(address.GetLeftPart(UriPartial.Path)), Cancel);
        Assert.Equal(403, (int)other.StatusCode);
        await Assert.ThrowsAsync<ArtifactNotFoundException>(() => _store.PresignAsync("sets/none", Cancel));
    }

    [Fact]
    public async Task Listing_pages_through_more_than_the_server_gives_at_once_and_odd_prefixes_find_nothing()
    {
        string[] names = [.. Enumerable.Range(0, 25).Select(i => $"p/{i:00}")];
        await Parallel.ForEachAsync(names, Cancel, async (name, _) => await PutAsync(name, Encoding.ASCII.GetBytes(name)));

        List<string> seen = [];
        while (await _store.ListAsync("p/", seen.LastOrDefault(), 10, Cancel) is { Count: > 0 } page)
            seen.AddRange(page.Select(artifact => artifact.Name));

        Assert.Equal(names, seen);
        Assert.Empty(await _store.ListAsync("p/\u0001", null, 10, Cancel));
        Assert.Empty(await _store.ListAsync("p/", null, 0, Cancel));
        Assert.Equal(["p/24"], (await _store.ListAsync("p/", "p/23\u0001", 10, Cancel)).Select(artifact => artifact.Name));
    }

    [Fact]
    public async Task A_probe_uses_all_it_needs_and_leaves_nothing()
    {
        Assert.Contains(_options.Bucket, await _store.ProbeAsync(Cancel), StringComparison.Ordinal);
        Assert.Empty(await KeysAsync());
    }

    internal static S3Options With(S3Options options, string? secret = null, long copyBytes = 1L << 30, int retries = 2) => new()
    {
        Endpoint = options.Endpoint, Bucket = options.Bucket, Prefix = options.Prefix, AccessKey = options.AccessKey,
        SecretKey = secret ?? options.SecretKey, PartBytes = Part, RetriesMax = retries, CopyBytesMax = copyBytes,
    };

    internal static byte[] Content(int size)
    {
        byte[] content = new byte[size];
        new Random(size).NextBytes(content);
        return content;
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private Task<Artifact> PutAsync(string name, byte[] content) => _store.PutAsync(name, new MemoryStream(content), "text/plain", Cancel);

    private async Task<byte[]> ReadAsync(string name)
    {
        await using Stream stream = await _store.OpenAsync(name, Cancel);
        using MemoryStream copy = new();
        await stream.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }

    private async Task<List<string>> KeysAsync(string prefix = "") =>
        await _store.Bucket.ListAsync(prefix, null, 1_000, Cancel).Select(found => found.Key).ToListAsync(Cancel);
}

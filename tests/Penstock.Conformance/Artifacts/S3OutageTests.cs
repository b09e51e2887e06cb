using Penstock.Engine.Storage;
using Penstock.S3;
using Penstock.Testing.Servers;
using Xunit;

namespace Penstock.Conformance.Artifacts;

/// <summary>The server goes away and comes back. In a process where tests run side by side it would go away for others, too.</summary>
[CollectionDefinition(nameof(S3OutageTests), DisableParallelization = true)]
public sealed class S3OutageCollection;

[Collection(nameof(S3OutageTests))]
public sealed class S3OutageTests : IAsyncLifetime
{
    private const int Part = S3Options.PartBytesMin;

    private S3Server _server = null!;
    private S3Options _bucket = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(S3Server.SkipReason is not null, S3Server.SkipReason ?? "");
        _server = await S3Server.GetAsync();
        _bucket = await _server.NewBucketAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_server_that_is_killed_in_the_middle_of_a_put_leaves_the_name_as_it_was_and_the_next_put_works()
    {
        using S3ArtifactStore store = ArtifactsOnS3.New(S3ArtifactTests.With(_bucket, retries: 1));
        byte[] old = S3ArtifactTests.Content(1_000);
        byte[] content = S3ArtifactTests.Content((4 * Part) + 1);
        await store.PutAsync("a/file", new MemoryStream(old), "text/plain", Cancel);

        SlowStream broken = new(content) { At = 2 * Part, OnReached = _server.StopGatewayAsync };
        S3UnreachableException error = await Assert.ThrowsAsync<S3UnreachableException>(() => store.PutAsync("a/file", broken, "text/plain", Cancel));
        Assert.Equal(("artifact-store-unreachable", true), (error.Code, error.MayRetry));
        await Assert.ThrowsAsync<S3UnreachableException>(() => store.OpenAsync("a/file", Cancel));

        await _server.StartGatewayAsync();
        Assert.Equal(old, await ReadAsync(store, "a/file"));
        await store.PutAsync("a/file", new SlowStream(content), "text/plain", Cancel);
        Assert.Equal(content, await ReadAsync(store, "a/file"));

        // Nobody could remove the parts of the first try; the sweep does.
        Assert.NotEmpty(await store.Bucket.UploadsAsync("", Cancel));
        S3SweepResult swept = await new S3Sweep(store, TimeSpan.Zero, new LaterTime()).RunAsync(100, Cancel);
        Assert.Equal((1, 0), (swept.Uploads, swept.Incoming));
        Assert.Empty(await store.Bucket.UploadsAsync("", Cancel));
        Assert.Equal(content, await ReadAsync(store, "a/file"));
    }

    [Fact]
    public async Task A_server_that_is_back_soon_costs_a_put_and_a_reader_nothing_but_time()
    {
        using S3ArtifactStore store = ArtifactsOnS3.New(S3ArtifactTests.With(_bucket, retries: 8));
        byte[] content = S3ArtifactTests.Content((4 * Part) + 1);

        SlowStream interrupted = new(content) { At = 2 * Part, OnReached = RestartAsync };
        Artifact put = await store.PutAsync("a/file", interrupted, "text/plain", Cancel);
        Assert.Equal(content.Length, put.SizeBytes);

        await using Stream stream = await store.OpenAsync("a/file", Cancel);
        byte[] read = new byte[content.Length];
        await stream.ReadExactlyAsync(read.AsMemory(0, 1_000_000), Cancel);
        await RestartAsync();
        await stream.ReadExactlyAsync(read.AsMemory(1_000_000), Cancel);
        Assert.Equal(content, read);
    }

    private async Task RestartAsync()
    {
        await _server.StopGatewayAsync();
        await _server.StartGatewayAsync();
    }

    private static async Task<byte[]> ReadAsync(S3ArtifactStore store, string name)
    {
        await using Stream stream = await store.OpenAsync(name, Cancel);
        using MemoryStream copy = new();
        await stream.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }
}

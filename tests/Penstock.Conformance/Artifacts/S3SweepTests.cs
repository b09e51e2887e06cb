using System.Text;
using Penstock.Engine.Storage;
using Penstock.S3;
using Penstock.Testing.Servers;
using Xunit;

namespace Penstock.Conformance.Artifacts;

/// <summary>What the sweep takes and, above all, what it leaves.</summary>
public sealed class S3SweepTests : IAsyncLifetime
{
    private S3ArtifactStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(S3Server.SkipReason is not null, S3Server.SkipReason ?? "");
        _store = ArtifactsOnS3.New(await (await S3Server.GetAsync()).NewBucketAsync("lab"));
    }

    public ValueTask DisposeAsync()
    {
        _store?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Content_without_a_name_goes_to_the_trash_and_then_for_good_and_named_content_stays()
    {
        await PutAsync("a/kept", "kept");
        await PutAsync("a/gone", "gone");
        await PutAsync("a/shared", "kept");
        await _store.DeleteAsync("a/gone", Cancel);
        await _store.DeleteAsync("a/shared", Cancel);

        Assert.Equal(new S3SweepResult(0, 0, Trashed: 1, 0, 0), await SweepAsync());
        Assert.Equal(new S3SweepResult(0, 0, 0, 0, Deleted: 1), await SweepAsync());
        Assert.Equal(new S3SweepResult(0, 0, 0, 0, 0), await SweepAsync());
        Assert.Equal("kept", await ReadAsync("a/kept"));
    }

    [Fact]
    public async Task A_name_written_while_its_content_was_swept_away_finds_it_again()
    {
        Artifact put = await PutAsync("a/one", "content");
        await _store.DeleteAsync("a/one", Cancel);
        await SweepAsync();
        // As a put leaves it that found the content before the sweep took it, and wrote its name after.
        byte[] entry = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(put with { Name = "a/two" });
        await _store.Bucket.PutAsync(_store.Keys.Name("a/two"), entry, entry.Length, "application/json", "a/two", Cancel);

        Assert.Equal("content", await ReadAsync("a/two"));
        Assert.Equal(new S3SweepResult(0, 0, 0, 0, 0), await SweepAsync());
        Assert.Equal("content", await ReadAsync("a/two"));
    }

    [Fact]
    public async Task A_name_that_nobody_read_meanwhile_gets_its_content_back_from_the_next_sweep()
    {
        Artifact put = await PutAsync("a/one", "content");
        await _store.DeleteAsync("a/one", Cancel);
        await SweepAsync();
        byte[] entry = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(put with { Name = "a/two" });
        await _store.Bucket.PutAsync(_store.Keys.Name("a/two"), entry, entry.Length, "application/json", "a/two", Cancel);

        Assert.Equal(new S3SweepResult(0, 0, 0, Restored: 1, 0), await SweepAsync());
        Assert.Equal("content", await ReadAsync("a/two"));
    }

    [Fact]
    public async Task Young_things_are_left_alone_and_a_limit_is_kept()
    {
        for (int i = 0; i < 3; i++)
        {
            await PutAsync($"a/{i}", $"content {i}");
            await _store.DeleteAsync($"a/{i}", Cancel);
        }
        Assert.Equal(new S3SweepResult(0, 0, 0, 0, 0), await new S3Sweep(_store, TimeSpan.FromHours(1), TimeProvider.System).RunAsync(100, Cancel));
        Assert.Equal(2, (await SweepAsync(2)).Trashed);
    }

    private Task<S3SweepResult> SweepAsync(int removalsMax = 100) => new S3Sweep(_store, TimeSpan.Zero, new LaterTime()).RunAsync(removalsMax, Cancel);

    private Task<Artifact> PutAsync(string name, string text) =>
        _store.PutAsync(name, new MemoryStream(Encoding.UTF8.GetBytes(text)), "text/plain", Cancel);

    private async Task<string> ReadAsync(string name)
    {
        using StreamReader reader = new(await _store.OpenAsync(name, Cancel));
        return await reader.ReadToEndAsync(Cancel);
    }
}

using System.Security.Cryptography;
using System.Text;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.Artifacts;

/// <summary>What every artifact store must do.</summary>
public abstract class ArtifactConformance
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract IArtifactStore Store { get; }

    [Fact]
    public async Task What_was_put_is_read_back_with_its_hash_and_size()
    {
        byte[] content = new byte[300_000];
        new Random(7).NextBytes(content);
        Artifact put = await Store.PutAsync("models/a.bin", new MemoryStream(content), "application/octet-stream", Cancel);
        Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(content)), 300_000L), (put.Sha256, put.SizeBytes));
        Assert.Equal(put, await Store.FindAsync("models/a.bin", Cancel));
        Assert.Equal(content, await ReadAsync("models/a.bin"));
    }

    [Fact]
    public async Task A_name_can_be_pointed_to_new_content_and_the_old_name_keeps_the_old()
    {
        await PutAsync("x/one", "old");
        await PutAsync("x/two", "old");
        await PutAsync("x/one", "new");
        Assert.Equal(("new", "old"), (Encoding.UTF8.GetString(await ReadAsync("x/one")), Encoding.UTF8.GetString(await ReadAsync("x/two"))));
    }

    [Fact]
    public async Task Listing_follows_the_order_of_names_and_its_cursor()
    {
        foreach (string name in (string[])["l/c", "l/a", "l/b/d", "m/z"])
            await PutAsync(name, name);
        Assert.Equal(["l/a", "l/b/d"], (await Store.ListAsync("l/", null, 2, Cancel)).Select(a => a.Name));
        Assert.Equal(["l/c"], (await Store.ListAsync("l/", "l/b/d", 2, Cancel)).Select(a => a.Name));
    }

    [Fact]
    public async Task A_deleted_name_is_gone_and_content_shared_with_another_name_stays()
    {
        await PutAsync("d/one", "same");
        await PutAsync("d/two", "same");
        Assert.True(await Store.DeleteAsync("d/one", Cancel));
        Assert.False(await Store.DeleteAsync("d/one", Cancel));
        await Assert.ThrowsAsync<ArtifactNotFoundException>(() => Store.OpenAsync("d/one", Cancel));
        Assert.Equal("same", Encoding.UTF8.GetString(await ReadAsync("d/two")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../outside")]
    [InlineData("a//b")]
    [InlineData("/etc/passwd")]
    [InlineData("a/./b")]
    [InlineData("a/b/")]
    [InlineData("a b")]
    public async Task A_name_that_could_leave_the_store_is_refused(string name)
    {
        InvalidArtifactNameException error = await Assert.ThrowsAsync<InvalidArtifactNameException>(() => PutAsync(name, "x"));
        Assert.Equal("artifact-name-invalid", error.Code);
    }

    [Fact]
    public async Task A_stream_that_breaks_leaves_the_name_as_it_was()
    {
        await PutAsync("b/one", "whole");
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.PutAsync("b/one", new BreakingStream(), "text/plain", Cancel));
        Assert.Equal("whole", Encoding.UTF8.GetString(await ReadAsync("b/one")));
    }

    private Task<Artifact> PutAsync(string name, string text) =>
        Store.PutAsync(name, new MemoryStream(Encoding.UTF8.GetBytes(text)), "text/plain", Cancel);

    private async Task<byte[]> ReadAsync(string name)
    {
        await using Stream stream = await Store.OpenAsync(name, Cancel);
        using MemoryStream copy = new();
        await stream.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }

    private sealed class BreakingStream : MemoryStream
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ++_reads > 1 ? throw new InvalidDataException("the source broke off") : ValueTask.FromResult(Math.Min(10, buffer.Length));
    }
}

public sealed class ArtifactsInFolder : ArtifactConformance
{
    protected override IArtifactStore Store { get; } = new FolderArtifactStore(
        Testing.TestFolder.New(), TimeProvider.System, new Engine.IdGenerator(TimeProvider.System, new Random(1)));
}

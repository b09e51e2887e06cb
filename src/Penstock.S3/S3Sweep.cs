using Amazon.S3.Model;
using Penstock.Engine.Storage;

namespace Penstock.S3;

/// <summary>What a sweep removed.</summary>
/// <param name="Uploads">Begun and left behind by processes that ended.</param>
/// <param name="Incoming">Whole contents that never got a name.</param>
/// <param name="Trashed">Contents that no name points to; they stay in the trash until a later sweep.</param>
/// <param name="Restored">Contents that came back out of the trash, because a name points to them after all.</param>
/// <param name="Deleted">Contents removed for good.</param>
internal sealed record S3SweepResult(int Uploads, int Incoming, int Trashed, int Restored, int Deleted);

/// <summary>Removes what puts left behind and what no name points to. Puts and reads go on meanwhile.</summary>
/// <remarks>
/// S3 has no transaction over two objects: between a sweep's look at the names and its delete, a put may find the content there
/// and write a name for it. So content goes to the trash first, where reading finds it and brings it back, and only a sweep that
/// comes at least <paramref name="grace"/> later deletes it, after another look at the names. A put takes far less than that
/// between finding content and writing its name.
/// </remarks>
/// <param name="grace">Younger things are left alone. Compared with the server's clock on the objects.</param>
internal sealed class S3Sweep(S3ArtifactStore store, TimeSpan grace, TimeProvider time)
{
    private const int PageSize = 1_000;

    private readonly S3Bucket _bucket = store.Bucket;
    private readonly S3Keys _keys = store.Keys;

    /// <param name="removalsMax">It ends early after this many; the next sweep goes on.</param>
    public async Task<S3SweepResult> RunAsync(int removalsMax, CancellationToken cancellationToken)
    {
        DateTime before = (time.GetUtcNow() - grace).UtcDateTime;
        int left = removalsMax;

        int uploads = 0;
        foreach (MultipartUpload upload in await _bucket.UploadsAsync(_keys.Incoming, cancellationToken))
        {
            if (left == 0 || upload.Initiated?.ToUniversalTime() > before)
                continue;
            await _bucket.AbortAsync(upload.Key, upload.UploadId, cancellationToken);
            (uploads, left) = (uploads + 1, left - 1);
        }

        int incoming = 0;
        foreach (S3Object found in await OldAsync(_keys.Incoming, before, left, cancellationToken))
        {
            await _bucket.DeleteAsync(found.Key, cancellationToken);
            (incoming, left) = (incoming + 1, left - 1);
        }

        // In this order: what is in the trash was put there before these names were read.
        IReadOnlyList<S3Object> trash = await OldAsync(_keys.Trash, before, left, cancellationToken);
        IReadOnlyList<S3Object> blobs = await OldAsync(_keys.Blobs, before, int.MaxValue, cancellationToken);
        if (trash.Count == 0 && blobs.Count == 0)
            return new S3SweepResult(uploads, incoming, 0, 0, 0);
        HashSet<string> named = await NamedAsync(cancellationToken);

        (int restored, int deleted) = (0, 0);
        foreach (S3Object found in trash)
        {
            string sha256 = found.Key[_keys.Trash.Length..];
            if (named.Contains(sha256) && await _bucket.SizeAsync(_keys.Blob(sha256), sha256, cancellationToken) is null)
            {
                await _bucket.CopyAsync(found.Key, _keys.Blob(sha256), found.Size ?? 0, sha256, cancellationToken);
                restored++;
            }
            await _bucket.DeleteAsync(found.Key, cancellationToken);
            (deleted, left) = (named.Contains(sha256) ? deleted : deleted + 1, left - 1);
        }

        int trashed = 0;
        foreach (S3Object found in blobs.Where(blob => !named.Contains(blob.Key[_keys.Blobs.Length..])).Take(left))
        {
            string sha256 = found.Key[_keys.Blobs.Length..];
            await _bucket.CopyAsync(found.Key, _keys.InTrash(sha256), found.Size ?? 0, sha256, cancellationToken);
            await _bucket.DeleteAsync(found.Key, cancellationToken);
            trashed++;
        }
        return new S3SweepResult(uploads, incoming, trashed, restored, deleted);
    }

    private async Task<IReadOnlyList<S3Object>> OldAsync(string prefix, DateTime before, int max, CancellationToken cancellationToken)
    {
        List<S3Object> old = [];
        await foreach (S3Object found in _bucket.ListAsync(prefix, null, PageSize, cancellationToken))
        {
            if (old.Count >= max)
                break;
            if (found.LastModified?.ToUniversalTime() <= before)
                old.Add(found);
        }
        return old;
    }

    /// <summary>Every hash that a name points to.</summary>
    private async Task<HashSet<string>> NamedAsync(CancellationToken cancellationToken)
    {
        HashSet<string> hashes = [];
        string? after = null;
        while (await store.ListAsync("", after, PageSize, cancellationToken) is { Count: > 0 } page)
        {
            hashes.UnionWith(page.Select(artifact => artifact.Sha256));
            after = page[^1].Name;
        }
        return hashes;
    }
}

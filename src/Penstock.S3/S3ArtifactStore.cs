using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using Penstock.Engine;
using Penstock.Engine.Storage;

namespace Penstock.S3;

/// <summary>Artifacts in a bucket of an S3 server: content under its hash, names as small objects that point to it.</summary>
/// <remarks>
/// A put stores the content, reads back what the server has, and writes the name last; so whatever happens in between, the name
/// is what it was. See <see cref="S3Keys"/> for where things are.
/// </remarks>
public sealed class S3ArtifactStore : IArtifactStore, IPresignedArtifacts, IArtifactProbe, IDisposable
{
    /// <summary>One content may have many names with media types of their own.</summary>
    internal const string BlobMediaType = "application/octet-stream";
    private const string NameMediaType = "application/json";

    /// <summary>Names read at once for a page of a listing.</summary>
    private const int ReadsAtOnce = 16;

    private readonly S3Options _options;
    private readonly S3Keys _keys;
    private readonly S3Bucket _bucket;
    private readonly TimeProvider _time;
    private readonly IdGenerator _ids;
    private readonly ILogger<S3ArtifactStore> _logger;

    /// <exception cref="S3OptionsInvalidException"/>
    public S3ArtifactStore(S3Options options, TimeProvider time, IdGenerator ids, ILogger<S3ArtifactStore> logger)
    {
        options.Check();
        (_options, _time, _ids, _logger) = (options, time, ids, logger);
        _keys = new S3Keys(options.Prefix);
        _bucket = new S3Bucket(options, time);
    }

    internal S3Bucket Bucket => _bucket;
    internal S3Keys Keys => _keys;

    public void Dispose() => _bucket.Dispose();

    public async Task<Artifact> PutAsync(string name, Stream content, string mediaType, CancellationToken cancellationToken)
    {
        ArtifactName.Check(name);
        int partBytes = PartBytesFor(content);
        byte[] first = ArrayPool<byte>.Shared.Rent(partBytes);
        int filled = await content.ReadAtLeastAsync(first.AsMemory(0, partBytes), partBytes, throwOnEndOfStream: false, cancellationToken);
        (string sha256, long size) = filled < partBytes
            ? await PutWholeAsync(name, first, filled, cancellationToken)
            : await PutInPartsAsync(name, first, content, partBytes, cancellationToken);
        Artifact artifact = new(name, sha256, size, mediaType, _time.GetUtcNow());
        byte[] entry = JsonSerializer.SerializeToUtf8Bytes(artifact);
        await _bucket.PutAsync(_keys.Name(name), entry, entry.Length, NameMediaType, name, cancellationToken);
        // Readable is all it can be asked to be: another put may have replaced it, a delete removed it.
        await FindAsync(name, cancellationToken);
        return artifact;
    }

    public async Task<Stream> OpenAsync(string name, CancellationToken cancellationToken)
    {
        Artifact artifact = await FindAsync(name, cancellationToken) ?? throw new ArtifactNotFoundException(name);
        S3ContentStream content = ContentOf(artifact);
        try
        {
            if (await content.TryBeginAsync(cancellationToken))
                return content;
            await RestoreAsync(artifact, cancellationToken);
            return await content.TryBeginAsync(cancellationToken) ? content : throw Missing(artifact);
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    public async Task<Artifact?> FindAsync(string name, CancellationToken cancellationToken)
    {
        ArtifactName.Check(name);
        // Not HEAD: its answer cannot tell a missing name from a missing bucket.
        byte[]? entry = await _bucket.ReadAsync(_keys.Name(name), name, cancellationToken);
        try
        {
            return entry is null ? null : JsonSerializer.Deserialize<Artifact>(entry);
        }
        catch (JsonException)
        {
            throw new ArtifactCorruptException(name, $"the entry '{_keys.Name(name)}' is not readable.");
        }
    }

    public async Task<IReadOnlyList<Artifact>> ListAsync(string prefix, string? after, int limit, CancellationToken cancellationToken)
    {
        if (limit <= 0 || !ArtifactName.MayBegin(prefix))
            return [];
        // Keys are ASCII, so the server's order of bytes is the ordinal order of names.
        string? startAfter = after is not null && ArtifactName.MayBegin(after) ? _keys.Name(after) : null;
        List<Artifact> found = [];
        List<string> page = [];
        await foreach (S3Object entry in _bucket.ListAsync(_keys.Name(prefix), startAfter, limit, cancellationToken))
        {
            string name = entry.Key[_keys.Names.Length..];
            if (string.CompareOrdinal(name, after) <= 0)
                continue;
            page.Add(name);
            if (page.Count < limit - found.Count)
                continue;
            found.AddRange(await FindAllAsync(page, cancellationToken));
            page.Clear();
            if (found.Count == limit)
                return found;
        }
        found.AddRange(await FindAllAsync(page, cancellationToken));
        return found;
    }

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        // The content stays: another name may point to it. The sweep looks after what none points to.
        ArtifactName.Check(name);
        if (await _bucket.ReadAsync(_keys.Name(name), name, cancellationToken) is null)
            return false;
        await _bucket.DeleteAsync(_keys.Name(name), cancellationToken);
        return true;
    }

    public async Task<Uri> PresignAsync(string name, CancellationToken cancellationToken)
    {
        Artifact artifact = await FindAsync(name, cancellationToken) ?? throw new ArtifactNotFoundException(name);
        if (await _bucket.SizeAsync(_keys.Blob(artifact.Sha256), name, cancellationToken) is null)
            await RestoreAsync(artifact, cancellationToken);
        return new Uri(await _bucket.PresignAsync(
            _keys.Blob(artifact.Sha256), _time.GetUtcNow() + _options.PresignLifetime, artifact.MediaType, name[(name.LastIndexOf('/') + 1)..], name, cancellationToken));
    }

    public async Task<string> ProbeAsync(CancellationToken cancellationToken)
    {
        string key = $"{_keys.Incoming}probe-{_ids.NewId():N}";
        byte[] content = RandomNumberGenerator.GetBytes(1_000);
        Artifact probe = new(key, Convert.ToHexStringLower(SHA256.HashData(content)), content.Length, BlobMediaType, _time.GetUtcNow());
        await _bucket.PutAsync(key, content, content.Length, BlobMediaType, key, cancellationToken);
        try
        {
            await ReadBackAsync(probe, key, cancellationToken);
            await foreach (S3Object _ in _bucket.ListAsync(key, null, 1, cancellationToken))
                break;
            await _bucket.UploadsAsync(key, cancellationToken);
        }
        finally
        {
            await _bucket.DeleteAsync(key, CancellationToken.None);
        }
        return $"bucket {_options.Bucket} at {_options.Endpoint}{(_options.Prefix.Length > 0 ? $", prefix {_options.Prefix}" : "")}";
    }

    private async Task<(string Sha256, long Size)> PutWholeAsync(string name, byte[] buffer, int count, CancellationToken cancellationToken)
    {
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(buffer.AsSpan(0, count)));
        await StoreAsync(
            name, sha256, count, ct => _bucket.PutAsync(_keys.Blob(sha256), buffer, count, BlobMediaType, name, ct), cancellationToken);
        ArrayPool<byte>.Shared.Return(buffer);
        return (sha256, count);
    }

    /// <summary>The hash, and with it the place, is known after the last byte; until then the content is under a key of its own.</summary>
    private async Task<(string Sha256, long Size)> PutInPartsAsync(
        string name, byte[] first, Stream content, int partBytes, CancellationToken cancellationToken)
    {
        string incoming = $"{_keys.Incoming}{_ids.NewId():N}";
        (string sha256, long size) = await new S3Upload(_bucket, incoming, name, _options, _time, _logger).RunAsync(first, content, partBytes, cancellationToken);
        try
        {
            await StoreAsync(name, sha256, size, ct => _bucket.CopyAsync(incoming, _keys.Blob(sha256), size, name, ct), cancellationToken);
        }
        finally
        {
            await RemoveAsync(incoming);
        }
        return (sha256, size);
    }

    /// <summary>Writes content to its place unless it is there and whole, and makes sure that it then is.</summary>
    private async Task StoreAsync(string name, string sha256, long size, Func<CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        Artifact expected = new(name, sha256, size, BlobMediaType, default);
        string key = _keys.Blob(sha256);
        if (await _bucket.SizeAsync(key, name, cancellationToken) is not null)
        {
            try
            {
                await ReadBackAsync(expected, key, cancellationToken);
                return;
            }
            catch (ArtifactCorruptException damaged)
            {
                // Every name that points to it gets its content back.
                _logger.Repaired(sha256, damaged.Message);
            }
        }
        await write(cancellationToken);
        await ReadBackAsync(expected, key, cancellationToken);
    }

    /// <exception cref="ArtifactCorruptException">What the server gives is not what it was given.</exception>
    private async Task ReadBackAsync(Artifact expected, string key, CancellationToken cancellationToken)
    {
        await using S3ContentStream content = new(_bucket, key, expected, _options, _time, _logger);
        if (!await content.TryBeginAsync(cancellationToken))
            throw Missing(expected);
        // The stream itself compares, at its end.
        await content.CopyToAsync(Stream.Null, cancellationToken);
    }

    /// <summary>A sweep that looked before the name was written took the content away, and kept it for this.</summary>
    private async Task RestoreAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        if (await _bucket.SizeAsync(_keys.InTrash(artifact.Sha256), artifact.Name, cancellationToken) is not { } size)
            throw Missing(artifact);
        await _bucket.CopyAsync(_keys.InTrash(artifact.Sha256), _keys.Blob(artifact.Sha256), size, artifact.Name, cancellationToken);
        _logger.Restored(artifact.Sha256);
    }

    private async Task<IEnumerable<Artifact>> FindAllAsync(List<string> names, CancellationToken cancellationToken)
    {
        Artifact?[] artifacts = new Artifact?[names.Count];
        await Parallel.ForAsync(
            0, names.Count, new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
            async (i, ct) => artifacts[i] = await FindAsync(names[i], ct));
        return artifacts.OfType<Artifact>();
    }

    private async Task RemoveAsync(string key)
    {
        try
        {
            await _bucket.DeleteAsync(key, CancellationToken.None);
        }
        catch (PenstockException error)
        {
            _logger.LeftBehind(error, key);
        }
    }

    /// <summary>Larger parts for a stream that tells how long it is and needs them; what a stream tells is otherwise not relied on.</summary>
    private int PartBytesFor(Stream content)
    {
        long known = content.CanSeek ? content.Length - content.Position : 0;
        long needed = (known + S3Upload.PartsMax - 1) / S3Upload.PartsMax;
        return (int)Math.Clamp(needed, _options.PartBytes, S3Options.PartBytesMax);
    }

    private S3ContentStream ContentOf(Artifact artifact) => new(_bucket, _keys.Blob(artifact.Sha256), artifact, _options, _time, _logger);

    private ArtifactCorruptException Missing(Artifact artifact) => new(
        artifact.Name, $"{artifact.SizeBytes} bytes with SHA-256 {artifact.Sha256} are expected in '{_keys.Blob(artifact.Sha256)}'; there is nothing.");
}

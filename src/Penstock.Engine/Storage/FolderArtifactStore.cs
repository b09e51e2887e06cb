using System.Security.Cryptography;
using System.Text.Json;

namespace Penstock.Engine.Storage;

/// <summary>Artifacts in a folder: content under its hash, names as small files that point to it.</summary>
/// <remarks>Both are written to a temporary name, flushed to disk and renamed, so a crash leaves the old or the new, never half.</remarks>
public sealed class FolderArtifactStore(string root, TimeProvider time, IdGenerator ids) : IArtifactStore
{
    private const int BufferBytes = 128 * 1024;
    private const int NoSpaceHResult = unchecked((int)0x80070070);
    private const int NoSpaceErrno = 28;

    private readonly string _contents = Path.Combine(root, "sha256");
    private readonly string _names = Path.Combine(root, "names");
    private readonly string _incoming = Path.Combine(root, "incoming");

    public async Task<Artifact> PutAsync(string name, Stream content, string mediaType, CancellationToken cancellationToken)
    {
        string nameFile = NameFile(name);
        Directory.CreateDirectory(_incoming);
        string incoming = Path.Combine(_incoming, ids.NewId().ToString("N"));
        try
        {
            (string sha256, long size) = await WriteAsync(incoming, content, cancellationToken);
            Publish(incoming, ContentFile(sha256));
            Artifact artifact = new(name, sha256, size, mediaType, time.GetUtcNow());
            await using (MemoryStream pointer = new(JsonSerializer.SerializeToUtf8Bytes(artifact)))
                await WriteAsync(incoming, pointer, cancellationToken);
            Publish(incoming, nameFile, replace: true);
            return artifact;
        }
        catch (IOException error) when (error.HResult == NoSpaceHResult || (error.HResult & 0xFFFF) == NoSpaceErrno)
        {
            throw new ArtifactStorageFullException(name, error);
        }
        finally
        {
            File.Delete(incoming);
        }
    }

    public async Task<Stream> OpenAsync(string name, CancellationToken cancellationToken)
    {
        Artifact artifact = await FindAsync(name, cancellationToken) ?? throw new ArtifactNotFoundException(name);
        return new FileStream(
            ContentFile(artifact.Sha256), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, useAsync: true);
    }

    public async Task<Artifact?> FindAsync(string name, CancellationToken cancellationToken)
    {
        string file = NameFile(name);
        return File.Exists(file) ? JsonSerializer.Deserialize<Artifact>(await File.ReadAllBytesAsync(file, cancellationToken)) : null;
    }

    public async Task<IReadOnlyList<Artifact>> ListAsync(string prefix, string? after, int limit, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_names))
            return [];
        IEnumerable<string> names = Directory.EnumerateFiles(_names, "*.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_names, file)[..^".json".Length].Replace(Path.DirectorySeparatorChar, '/'))
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(name, after) > 0)
            .Order(StringComparer.Ordinal).Take(limit);
        List<Artifact> found = [];
        foreach (string name in names)
        {
            if (await FindAsync(name, cancellationToken) is { } artifact)
                found.Add(artifact);
        }
        return found;
    }

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        // The content stays: another name may point to it. A sweep for unreferenced content belongs to backups.
        string file = NameFile(name);
        bool existed = File.Exists(file);
        File.Delete(file);
        return Task.FromResult(existed);
    }

    private string ContentFile(string sha256) => Path.Combine(_contents, sha256[..2], sha256);

    private string NameFile(string name)
    {
        ArtifactName.Check(name);
        return Path.Combine(_names, name + ".json");
    }

    private static async Task<(string Sha256, long Size)> WriteAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes, useAsync: true);
        byte[] buffer = new byte[BufferBytes];
        long size = 0;
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0; size += read)
        {
            hash.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
        await file.FlushAsync(cancellationToken);
        file.Flush(flushToDisk: true);
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), size);
    }

    private static void Publish(string incoming, string target, bool replace = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (!replace && File.Exists(target))
            return; // The same bytes are there.
        File.Move(incoming, target, overwrite: true);
    }
}

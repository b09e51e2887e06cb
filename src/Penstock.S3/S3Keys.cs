namespace Penstock.S3;

/// <summary>Where things are in the bucket.</summary>
/// <remarks>
/// Content is written once under its hash and never changed to other bytes; a name is one small object, whose replacement is
/// atomic. So a reader sees the old artifact or the new one. What is under <see cref="Incoming"/> belongs to nobody yet.
/// </remarks>
internal sealed class S3Keys(string prefix)
{
    private readonly string _prefix = prefix.Length == 0 || prefix.EndsWith('/') ? prefix : prefix + "/";

    /// <summary>Logical names, each a small JSON object; in the order of the names.</summary>
    public string Names => _prefix + "names/";

    /// <summary>Content by hash.</summary>
    public string Blobs => _prefix + "blobs/sha256/";

    /// <summary>Content that no name pointed to when the sweep looked; comes back when one does after all.</summary>
    public string Trash => _prefix + "trash/sha256/";

    /// <summary>Content whose hash is not known before its end.</summary>
    public string Incoming => _prefix + "incoming/";

    public string Name(string name) => Names + name;

    public string Blob(string sha256) => Blobs + sha256;

    public string InTrash(string sha256) => Trash + sha256;
}

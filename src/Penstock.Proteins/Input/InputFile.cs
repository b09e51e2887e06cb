namespace Penstock.Proteins.Input;

/// <summary>One input of a calculation: a name for messages and tables, and how to open it, compressed or not.</summary>
/// <param name="Name">Shown to the reader, for example the <c>filename</c> column of an evaluation table.</param>
/// <param name="Open">Opens the content from its first byte; the reader disposes it.</param>
public sealed record InputFile(string Name, Func<Stream> Open)
{
    private const int FileBufferBytes = 64 * 1024;

    /// <summary>A file on disk; its name without folder and without <c>.gz</c> unless another is given.</summary>
    public static InputFile AtPath(string path, string? name = null) => new(
        name ?? WithoutGzipSuffix(Path.GetFileName(path)),
        () => new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, FileBufferBytes, FileOptions.SequentialScan));

    /// <summary>Content already in memory.</summary>
    public static InputFile FromBytes(string name, byte[] content) => new(name, () => new MemoryStream(content, writable: false));

    internal static string WithoutGzipSuffix(string name) =>
        name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
}

using Penstock.Engine.Storage;
using Penstock.Proteins.Input;

namespace Penstock.Proteins.Loading;

/// <summary>Artifacts as inputs of a calculation, which opens them more than once and reads without waiting.</summary>
internal static class ArtifactFiles
{
    /// <summary>The whole artifact in memory: ontologies and accretion tables, some megabytes.</summary>
    public static async Task<InputFile> ReadFileAsync(this IArtifactStore artifacts, string name, CancellationToken cancellationToken)
    {
        await using Stream stream = await artifacts.OpenAsync(name, cancellationToken);
        return await ReadFileAsync(stream, Path.GetFileName(name), cancellationToken);
    }

    public static async Task<InputFile> ReadFileAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        using MemoryStream content = new();
        await stream.CopyToAsync(content, cancellationToken);
        return InputFile.FromBytes(name, content.ToArray());
    }

    /// <summary>A text as one part of an artifact's name: other characters than letters, digits, dot and hyphen become _.</summary>
    public static string NamePart(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'));
}

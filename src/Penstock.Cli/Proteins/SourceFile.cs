using Penstock.Cli.Connection;
using Penstock.Client.Artifacts;

namespace Penstock.Cli.Proteins;

/// <summary>Gives the server a file the user named: as an address, as a path on the same machine, or by uploading it.</summary>
internal static class SourceFile
{
    /// <returns>What a load request takes: an http(s) URL, <c>artifact:NAME</c>, or a path.</returns>
    public static async Task<string> ProvideAsync(CommandRun run, ServerConnection connection, string source, CancellationToken cancellationToken)
    {
        if (source.Contains("://", StringComparison.Ordinal) || source.StartsWith("artifact:", StringComparison.Ordinal))
            return source;
        string path = run.FullPath(source);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file {path}.");
        if (run.RemoteAddress() is null && run.Configuration(run.Workspace()).Settings.Proteins.AllowLocalFiles)
            return path;

        await using FileStream content = File.OpenRead(path);
        run.Terminal.Note($"uploading {Path.GetFileName(path)}");
        ArtifactView stored = await connection.Client.UploadArtifactAsync(
            $"uploads/{Path.GetFileName(path)}", content, "application/octet-stream", cancellationToken);
        return $"artifact:{stored.Name}";
    }
}

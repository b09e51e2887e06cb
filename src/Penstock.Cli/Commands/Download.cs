using Penstock.Cli.Output;

namespace Penstock.Cli.Commands;

/// <summary>Writes what the server sends to a file or to stdout, byte for byte.</summary>
internal static class Download
{
    public static async Task SaveAsync(CommandRun run, Stream content, string? file, CancellationToken cancellationToken)
    {
        if (file is null or "-")
        {
            await using Stream output = run.Environment.OpenOut();
            await content.CopyToAsync(output, cancellationToken);
            return;
        }
        string path = run.FullPath(file);
        // Aside first: an interrupted download never looks like a whole file.
        string draft = path + ".part";
        long size;
        await using (FileStream target = File.Create(draft))
        {
            await content.CopyToAsync(target, cancellationToken);
            size = target.Length;
        }
        File.Move(draft, path, overwrite: true);
        run.Terminal.Note($"{path}  {Words.Bytes(size)}");
    }
}

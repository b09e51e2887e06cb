using System.Diagnostics;
using Penstock.Testing;

namespace Penstock.EndToEnd.Docs;

/// <summary>The sources of this checkout as a repository that can be cloned, with what is not committed yet.</summary>
internal static class CheckoutCopy
{
    private static readonly string[] NotSources = ["bin", "obj", "artifacts", ".git", "TestResults", "node_modules"];

    /// <returns>The folder, as an argument of <c>git clone</c>.</returns>
    public static async Task<string> AsRepositoryAsync(string folder, CancellationToken cancellationToken)
    {
        Copy(new DirectoryInfo(Repository.Root), Directory.CreateDirectory(folder));
        await GitAsync(folder, cancellationToken, "init", "--quiet", "--initial-branch", "main");
        await GitAsync(folder, cancellationToken, "add", "--all");
        await GitAsync(
            folder, cancellationToken, "-c", "user.name=docs", "-c", "user.email=docs@localhost", "-c", "commit.gpgsign=false",
            "commit", "--quiet", "--no-verify", "--message", "The checkout under test");
        return folder;
    }

    private static void Copy(DirectoryInfo from, DirectoryInfo to)
    {
        // In a worktree .git is a file that points to the real repository: with it, the commit below would land there.
        foreach (FileInfo file in from.EnumerateFiles().Where(file => file.Name != ".git"))
            file.CopyTo(Path.Combine(to.FullName, file.Name));
        foreach (DirectoryInfo folder in from.EnumerateDirectories().Where(folder => !NotSources.Contains(folder.Name)))
            Copy(folder, to.CreateSubdirectory(folder.Name));
    }

    private static async Task GitAsync(string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        ProcessStartInfo start = new("git") { WorkingDirectory = folder, RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        // Set where this runs inside a hook of git; they too would lead to the real repository.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        using Process git = Process.Start(start)!;
        string error = await git.StandardError.ReadToEndAsync(cancellationToken);
        await git.WaitForExitAsync(cancellationToken);
        if (git.ExitCode != 0)
            throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error}");
    }
}

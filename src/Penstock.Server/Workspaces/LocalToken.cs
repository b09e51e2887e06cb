using System.Buffers.Text;
using System.Security.Cryptography;

namespace Penstock.Server.Workspaces;

/// <summary>The workspace's own admin token: whoever can read <c>run/token</c> owns the files anyway.</summary>
public static class LocalToken
{
    private const int RandomBytes = 32;
    private const UnixFileMode OwnerReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the token, or makes it once: 32 random bytes as base64url, mode 0600.</summary>
    public static string Ensure(Workspace workspace)
    {
        if (TryRead(workspace) is { } existing)
            return existing;

        string token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        // Written aside and moved without overwriting: all who start together, in one process or many, end with the same token.
        string draft = $"{workspace.TokenFile}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerReadWrite;
        using (StreamWriter writer = new(draft, options))
            writer.Write(token);
        try
        {
            File.Move(draft, workspace.TokenFile, overwrite: false);
            return token;
        }
        catch (IOException) when (File.Exists(workspace.TokenFile))
        {
            File.Delete(draft);
            return File.ReadAllText(workspace.TokenFile).Trim();
        }
    }

    /// <summary>Null when no server ever ran here.</summary>
    public static string? TryRead(Workspace workspace)
    {
        if (!File.Exists(workspace.TokenFile))
            return null;
        string text = File.ReadAllText(workspace.TokenFile).Trim();
        return text.Length > 0 ? text : null;
    }
}

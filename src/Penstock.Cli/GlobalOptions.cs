using System.CommandLine;

namespace Penstock.Cli;

/// <summary>Options every command understands.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Workspace { get; } = new("--workspace")
    {
        Description = "Folder of the workspace. Default: PENSTOCK_WORKSPACE, or the nearest one upwards from here.",
        HelpName = "DIR",
        Recursive = true,
    };

    public Option<string?> Url { get; } = new("--url")
    {
        Description = "Address of a server elsewhere. Default: PENSTOCK_URL, or the workspace's own server.",
        HelpName = "URL",
        Recursive = true,
    };

    public Option<string?> Token { get; } = new("--token")
    {
        Description = "Token for --url. Default: PENSTOCK_TOKEN.",
        HelpName = "TOKEN",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Machine-readable output on stdout; everything else goes to stderr.",
        Recursive = true,
    };

    public Option<bool> Debug { get; } = new("--debug")
    {
        Description = "Show the stack trace of an error.",
        Recursive = true,
    };

    public IReadOnlyList<Option> All => [Workspace, Url, Token, Json, Debug];
}

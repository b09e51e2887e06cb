using System.CommandLine;
using System.Reflection;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock version</c></summary>
internal static class VersionCommand
{
    public static string Version { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static Command Create(CliContext cli) =>
        new CliCommand("version", "Show the version of the program and of .NET.", "penstock version --json")
            .Does(cli, (run, _) =>
            {
                run.Terminal.Result(
                    new { version = Version, dotnet = Environment.Version.ToString(), os = System.Runtime.InteropServices.RuntimeInformation.OSDescription },
                    () => run.Terminal.Line($"penstock {Version} [dim](.NET {Environment.Version})[/]"));
                return Task.FromResult(ExitCodes.Ok);
            });
}

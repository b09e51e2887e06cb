namespace Penstock.Cli;

/// <summary>What all commands share.</summary>
internal sealed record CliContext(CliEnvironment Environment, GlobalOptions Globals);

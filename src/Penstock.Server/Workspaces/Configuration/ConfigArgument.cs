namespace Penstock.Server.Workspaces.Configuration;

/// <summary>A setting given on the command line.</summary>
/// <param name="Key">Full key, as in <c>worker.slots</c>.</param>
/// <param name="Option">The option that carried it, for the value's origin: <c>--urls</c>.</param>
public sealed record ConfigArgument(string Key, string Text, string Option);

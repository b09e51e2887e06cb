namespace Penstock.Server.Workspaces.Configuration;

/// <summary>One setting as it holds now.</summary>
/// <param name="Value">A boolean, number, text or list of texts; a duration is a number in <paramref name="Unit"/>.</param>
/// <param name="Unit"><c>s</c>, <c>d</c>, <c>bytes</c>, or null.</param>
/// <param name="Origin"><c>default</c>, <c>penstock.yaml line 4</c>, <c>env NAME</c>, or <c>command line --urls</c>.</param>
public sealed record EffectiveValue(string Key, object? Value, string? Unit, string Origin, object? Default, string Summary);

namespace Penstock.Server.Workspaces.Configuration;

/// <summary>A known key set by one source.</summary>
/// <param name="Origin">As in <see cref="EffectiveValue.Origin"/>.</param>
/// <param name="Where">As in <see cref="ConfigProblem.Where"/>.</param>
internal sealed record ConfigAssignment(SettingDefinition Setting, IReadOnlyList<string> Texts, string Origin, string Where);

namespace Penstock.Client.Errors;

/// <summary>An error as the API answers it (RFC 9457).</summary>
/// <param name="Type">Address of the section on <paramref name="Code"/> in the documentation.</param>
/// <param name="Code">Stable, kebab-case.</param>
/// <param name="Detail">What happened, with the values, and what the reader can do.</param>
public sealed record ProblemView(string Type, string Title, int Status, string Detail, string Code, string? TraceId);

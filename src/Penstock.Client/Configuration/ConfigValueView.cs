using System.Text.Json;

namespace Penstock.Client.Configuration;

/// <summary>One setting as it holds in the running server.</summary>
/// <param name="Unit"><c>s</c>, <c>d</c>, <c>bytes</c>, or null.</param>
/// <param name="Origin"><c>default</c>, <c>penstock.yaml line 4</c>, <c>env NAME</c>, or <c>command line --urls</c>.</param>
public sealed record ConfigValueView(string Key, JsonElement Value, string? Unit, string Origin, JsonElement Default, string Summary);

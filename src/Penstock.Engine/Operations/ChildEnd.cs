using System.Text.Json;

namespace Penstock.Engine.Operations;

/// <summary>How one awaited child ended, as its parent's step stores it.</summary>
/// <param name="Status"><c>succeeded</c>, <c>failed</c>, <c>cancelled</c> or <c>deleted</c>.</param>
public sealed record ChildEnd(Guid JobId, string Status, JsonElement? Result, string? ErrorCode, string? ErrorMessage);

namespace Penstock.Client.Security;

/// <summary>A bearer token; its secret is shown once, when it is made.</summary>
/// <param name="Prefix">First characters of the secret, to tell tokens apart.</param>
/// <param name="Role"><c>viewer</c>, <c>operator</c> or <c>admin</c>.</param>
/// <param name="ExpiresAt">Null: never.</param>
public sealed record TokenView(
    Guid Id, string Name, string Role, string Prefix, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt);

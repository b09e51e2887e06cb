namespace Penstock.Client.Security;

/// <summary>A person who can log in.</summary>
/// <param name="Role"><c>viewer</c>, <c>operator</c> or <c>admin</c>.</param>
/// <param name="Locked">Too many failed logins; an admin sets a new password, or the time of <paramref name="LockedUntil"/> passes.</param>
public sealed record UserView(
    Guid Id, string Name, string Role, bool Disabled, bool Locked, DateTimeOffset? LockedUntil, bool MustChangePassword,
    DateTimeOffset CreatedAt, DateTimeOffset? LastLoginAt);

namespace Penstock.Ops.Security;

/// <summary>A person who can log in.</summary>
/// <param name="SessionVersion">Sessions made under a lower one are refused.</param>
/// <param name="FailedLogins">In a row; a success or a new password sets it to 0.</param>
internal sealed record Account(
    Guid Id, string Name, string Role, string PasswordHash, int SessionVersion, bool Disabled, bool MustChangePassword,
    int FailedLogins, DateTimeOffset? LockedUntil, DateTimeOffset CreatedAt, DateTimeOffset? LastLoginAt)
{
    public bool IsLocked(DateTimeOffset now) => LockedUntil > now;
}

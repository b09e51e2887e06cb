namespace Penstock.Client.Security;

/// <summary>What an admin changes of a user; absent members stay.</summary>
public sealed record UserChange
{
    /// <summary><c>viewer</c>, <c>operator</c> or <c>admin</c>.</summary>
    public string? Role { get; init; }
    public bool? Disabled { get; init; }

    /// <summary>A new password, 12 to 200 characters. Ends the user's sessions and lifts a lock.</summary>
    public string? Password { get; init; }
}

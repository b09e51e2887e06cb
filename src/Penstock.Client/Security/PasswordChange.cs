namespace Penstock.Client.Security;

/// <summary>A person's own new password.</summary>
/// <param name="NewPassword">12 to 200 characters.</param>
public sealed record PasswordChange(string OldPassword, string NewPassword);

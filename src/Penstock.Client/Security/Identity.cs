namespace Penstock.Client.Security;

/// <summary>Who the server takes the caller for.</summary>
/// <param name="Role"><c>viewer</c>, <c>operator</c> or <c>admin</c>.</param>
/// <param name="Via"><c>cookie</c>, <c>token</c> or <c>workspace</c> (the workspace's own token).</param>
/// <param name="MustChangePassword">The password was made by the machine; choose another.</param>
public sealed record Identity(string Name, string Role, string Via, bool MustChangePassword);

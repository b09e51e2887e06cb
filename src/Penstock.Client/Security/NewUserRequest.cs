namespace Penstock.Client.Security;

/// <param name="Name">3 to 64 of a-z, 0-9, dot, dash, underscore; starts with a letter.</param>
/// <param name="Role"><c>viewer</c>, <c>operator</c> or <c>admin</c>.</param>
/// <param name="Password">12 to 200 characters.</param>
public sealed record NewUserRequest(string Name, string Role, string Password);

namespace Penstock.Client.Security;

/// <param name="Name">What it is for, 1 to 100 characters.</param>
/// <param name="Role"><c>viewer</c>, <c>operator</c> or <c>admin</c>.</param>
/// <param name="ExpiresInDays">1 to 3650; null: never.</param>
public sealed record NewTokenRequest(string Name, string Role, int? ExpiresInDays = 90);

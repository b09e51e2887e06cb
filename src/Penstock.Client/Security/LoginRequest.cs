namespace Penstock.Client.Security;

public sealed record LoginRequest(string Name, string Password);

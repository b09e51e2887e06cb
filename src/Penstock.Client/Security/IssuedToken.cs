namespace Penstock.Client.Security;

/// <summary>A new token with its secret, which is not kept and cannot be shown again.</summary>
public sealed record IssuedToken(TokenView Token, string Secret);

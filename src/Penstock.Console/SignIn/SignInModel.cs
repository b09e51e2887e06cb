namespace Penstock.Console.SignIn;

/// <param name="ReturnPath">The page asked for before.</param>
/// <param name="Name">As typed in the refused attempt.</param>
/// <param name="Error">Why the last attempt was refused.</param>
public sealed record SignInModel(string? ReturnPath, string? Name = null, string? Error = null);

/// <param name="Error">Why the last attempt was refused.</param>
public sealed record PasswordModel(string? Error = null);

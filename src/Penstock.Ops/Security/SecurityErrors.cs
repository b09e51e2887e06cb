using Penstock.Engine;

namespace Penstock.Ops.Security;

public sealed class SignInRequiredException() : PenstockException(
    "sign-in-required",
    "This needs a signed-in caller. Send 'Authorization: Bearer TOKEN' (the workspace's own token is in run/token), or log in at /auth/login.")
{
    public override ErrorKind Kind => ErrorKind.NotSignedIn;
}

/// <summary>A bearer token that is unknown, expired or revoked; which of these is said, for whoever holds the secret may know.</summary>
public sealed class TokenRefusedException(string reason) : PenstockException(
    "token-refused", $"The bearer token was refused: {reason}. Ask an admin for another one (POST /tokens, or 'penstock tokens add').")
{
    public override ErrorKind Kind => ErrorKind.NotSignedIn;
}

/// <summary>One text for an unknown name and a wrong password, so that names cannot be tried out.</summary>
public sealed class LoginFailedException() : PenstockException(
    "login-failed", "The name or the password is wrong. After 10 failures in a row an account is locked for 15 minutes.")
{
    public override ErrorKind Kind => ErrorKind.NotSignedIn;
}

public sealed class AccountLockedException(string name, DateTimeOffset until) : PenstockException(
    "account-locked", $"Account {name} is locked until {until:O} after too many failed logins. Wait, or let an admin set a new password.")
{
    public override ErrorKind Kind => ErrorKind.NotAllowed;
}

public sealed class RoleTooLowException(string name, string role) : PenstockException(
    "role-too-low", $"{name} has the role {role}, which may not do this. Roles in rising order: viewer, operator, admin.")
{
    public override ErrorKind Kind => ErrorKind.NotAllowed;
}

public sealed class CrossSiteException(string origin) : PenstockException(
    "cross-site", $"A page of another site ({origin}) sent this request with your session. It was not carried out. Programs use a bearer token.")
{
    public override ErrorKind Kind => ErrorKind.NotAllowed;
}

public sealed class InvalidAccountException(string message) : PenstockException("account-invalid", message);

public sealed class AccountExistsException(string name) : PenstockException(
    "account-exists", $"There is a user '{name}' already. Choose another name, or change that user.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

public sealed class AccountNotFoundException(string name) : PenstockException(
    "account-not-found", $"There is no user '{name}'. List users to see their names.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}

public sealed class LastAdminException(string name) : PenstockException(
    "last-admin", $"{name} is the last admin who can log in. Make another admin first.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

public sealed class InvalidTokenRequestException(string message) : PenstockException("token-invalid", message);

public sealed class TokenNotFoundException(Guid tokenId) : PenstockException(
    "token-not-found", $"There is no token {tokenId}. List tokens to see their ids.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}

using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Penstock.Client.Security;
using Penstock.Engine;
using Penstock.Sql;

namespace Penstock.Ops.Security;

/// <summary>Users: who they are, whether a password is theirs, what an admin changes of them.</summary>
internal sealed partial class Accounts(
    SqlDatabase database, AuditLog audit, Passwords passwords, IdGenerator ids, TimeProvider time, IOptions<SecurityOptions> options)
{
    private readonly SecurityOptions _options = options.Value;

    public Task<Account?> FindAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync((session, token) => AccountStore.FindAsync(session, name, token), cancellationToken);

    public Task<List<Account>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(AccountStore.ListAsync, cancellationToken);

    /// <exception cref="LoginFailedException">Unknown, disabled, or the wrong password: all alike.</exception>
    /// <exception cref="AccountLockedException">Told only to whoever has the right password.</exception>
    public async Task<Account> LoginAsync(string name, string password, CancellationToken cancellationToken)
    {
        Account? account = await FindAsync(name, cancellationToken);
        if (account is null)
        {
            passwords.Decoy(password);
            await audit.WriteAsync("security.login_failed", "system", Shortened(name), new { reason = "unknown" }, cancellationToken);
            throw new LoginFailedException();
        }
        // Before the lock is looked at: the answer takes equally long, and a lock does not tell a right password from a wrong one.
        bool matches = passwords.Matches(account.PasswordHash, password);
        DateTimeOffset now = time.GetUtcNow();
        if (!matches || account.Disabled)
        {
            await CountFailureAsync(name, now, cancellationToken);
            throw new LoginFailedException();
        }
        if (account.IsLocked(now))
            throw new AccountLockedException(name, account.LockedUntil!.Value);
        return await ChangeAsync(
            name, name, "security.login", a => a with { FailedLogins = 0, LockedUntil = null, LastLoginAt = now }, null, cancellationToken);
    }

    /// <exception cref="InvalidAccountException"/>
    /// <exception cref="AccountExistsException"/>
    public Task<Account> AddAsync(NewUserRequest request, bool mustChangePassword, string actor, CancellationToken cancellationToken)
    {
        if (!NamePattern().IsMatch(request.Name))
            throw new InvalidAccountException(
                $"'{Shortened(request.Name)}' cannot be a user's name: 3 to 64 of a-z, 0-9, dot, dash, underscore, beginning with a letter.");
        Account account = new(
            ids.NewId(), request.Name, Roles.Checked(request.Role), passwords.Hash(Passwords.Checked(request.Password)), 1, false,
            mustChangePassword, 0, null, time.GetUtcNow(), null);
        return database.WriteAsync(
            async (session, token) =>
            {
                if (await AccountStore.FindAsync(session, account.Name, token) is not null)
                    throw new AccountExistsException(account.Name);
                await AccountStore.InsertAsync(session, account, token);
                await audit.WriteAsync(session, "user.add", actor, account.Name, new { account.Role }, token);
                return account;
            },
            cancellationToken);
    }

    /// <exception cref="AccountNotFoundException"/>
    /// <exception cref="LastAdminException"/>
    public Task<Account> ChangeAsync(string name, UserChange change, string actor, CancellationToken cancellationToken)
    {
        string? role = change.Role is null ? null : Roles.Checked(change.Role);
        string? hash = change.Password is null ? null : passwords.Hash(Passwords.Checked(change.Password));
        return ChangeAsync(
            name, actor, "user.change",
            account => account with
            {
                Role = role ?? account.Role,
                Disabled = change.Disabled ?? account.Disabled,
                PasswordHash = hash ?? account.PasswordHash,
                MustChangePassword = hash is null && account.MustChangePassword,
                FailedLogins = hash is null ? account.FailedLogins : 0,
                LockedUntil = hash is null ? account.LockedUntil : null,
                // Sessions carry the role, so each of these ends them.
                SessionVersion = account.SessionVersion + 1,
            },
            new { change.Role, change.Disabled, Password = change.Password is null ? null : "changed" }, cancellationToken);
    }

    /// <summary>A person's own new password; every session but the one made anew ends.</summary>
    /// <exception cref="LoginFailedException">The old password is wrong; counts as a failed login.</exception>
    public async Task<Account> ChangePasswordAsync(string name, PasswordChange change, CancellationToken cancellationToken)
    {
        string hash = passwords.Hash(Passwords.Checked(change.NewPassword));
        await LoginAsync(name, change.OldPassword, cancellationToken);
        return await ChangeAsync(
            name, name, "user.password",
            account => account with { PasswordHash = hash, MustChangePassword = false, SessionVersion = account.SessionVersion + 1 },
            null, cancellationToken);
    }

    /// <exception cref="AccountNotFoundException"/>
    /// <exception cref="LastAdminException"/>
    public Task DeleteAsync(string name, string actor, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                Account account = await AccountStore.FindAsync(session, name, token) ?? throw new AccountNotFoundException(name);
                if (await AccountStore.IsLastAdminAsync(session, account, token))
                    throw new LastAdminException(name);
                await AccountStore.DeleteAsync(session, account.Id, token);
                await audit.WriteAsync(session, "user.delete", actor, name, null, token);
            },
            cancellationToken);

    private Task<Account> CountFailureAsync(string name, DateTimeOffset now, CancellationToken cancellationToken) =>
        ChangeAsync(
            name, "system", "security.login_failed",
            account =>
            {
                // A lock that ran out starts the count anew; one that stands is neither prolonged nor counted.
                int failures = account.IsLocked(now) ? account.FailedLogins : account.LockedUntil is null ? account.FailedLogins + 1 : 1;
                return account with
                {
                    FailedLogins = failures,
                    LockedUntil = account.IsLocked(now) ? account.LockedUntil
                        : failures >= _options.FailedLoginsMax ? now + _options.LockTime : null,
                };
            },
            new { reason = "password" }, cancellationToken);

    private Task<Account> ChangeAsync(
        string name, string actor, string kind, Func<Account, Account> change, object? fields, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                Account before = await AccountStore.FindAsync(session, name, token) ?? throw new AccountNotFoundException(name);
                Account after = change(before);
                if ((after.Disabled || after.Role != Policies.Admin) && await AccountStore.IsLastAdminAsync(session, before, token))
                    throw new LastAdminException(name);
                await AccountStore.UpdateAsync(session, after, token);
                await audit.WriteAsync(session, kind, actor, name, fields, token);
                return after;
            },
            cancellationToken);

    /// <summary>What a stranger typed goes into messages and rows only so far.</summary>
    private static string Shortened(string text) => text.Length <= 64 ? text : text[..64];

    [GeneratedRegex("^[a-z][a-z0-9._-]{2,63}$")]
    private static partial Regex NamePattern();
}

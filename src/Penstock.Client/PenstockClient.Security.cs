using Penstock.Client.Security;

namespace Penstock.Client;

public sealed partial class PenstockClient
{
    /// <summary>Logs in by cookie, which the handler of <see cref="Http"/> keeps.</summary>
    public Task<Identity> LoginAsync(LoginRequest login, CancellationToken cancellationToken) =>
        PostAsync<Identity>("/auth/login", login, cancellationToken);

    public Task LogoutAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "/auth/logout", null, cancellationToken);

    public Task<Identity> MeAsync(CancellationToken cancellationToken) => GetAsync<Identity>("/auth/me", cancellationToken);

    /// <summary>Changes the caller's own password; ends their other sessions.</summary>
    public Task<Identity> ChangePasswordAsync(PasswordChange change, CancellationToken cancellationToken) =>
        PostAsync<Identity>("/auth/password", change, cancellationToken);

    public Task<IReadOnlyList<UserView>> UsersAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<UserView>>("/users", cancellationToken);

    public Task<UserView> AddUserAsync(NewUserRequest user, CancellationToken cancellationToken) =>
        PostAsync<UserView>("/users", user, cancellationToken);

    public Task<UserView> ChangeUserAsync(string name, UserChange change, CancellationToken cancellationToken) =>
        PatchAsync<UserView>($"/users/{Uri.EscapeDataString(name)}", change, cancellationToken);

    public Task DeleteUserAsync(string name, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"/users/{Uri.EscapeDataString(name)}", null, cancellationToken);

    public Task<IReadOnlyList<TokenView>> TokensAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<TokenView>>("/tokens", cancellationToken);

    public Task<IssuedToken> IssueTokenAsync(NewTokenRequest token, CancellationToken cancellationToken) =>
        PostAsync<IssuedToken>("/tokens", token, cancellationToken);

    /// <summary>Who changed what, newest first.</summary>
    /// <param name="before">Only rows older than this id: the cursor of the next page.</param>
    /// <param name="limit">1 to 500.</param>
    public Task<IReadOnlyList<AuditView>> AuditAsync(string? kind, long? before, int limit, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<AuditView>>(
            new ApiPath("/audit").With("kind", kind).With("before", before).With("limit", limit), cancellationToken);

    /// <summary>Revokes a token; it is refused from now on.</summary>
    public Task<TokenView> RevokeTokenAsync(Guid tokenId, CancellationToken cancellationToken) =>
        DeleteAsync<TokenView>($"/tokens/{tokenId}", cancellationToken);
}

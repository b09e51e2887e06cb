using System.Buffers.Text;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Penstock.Client.Security;
using Penstock.Engine;
using Penstock.Sql;

namespace Penstock.Ops.Security;

/// <summary>Bearer tokens: made once, kept as hashes, looked up on every request so that revoking holds at once.</summary>
internal sealed class AccessTokens(SqlDatabase database, AuditLog audit, IdGenerator ids, TimeProvider time)
{
    public const string SecretPrefix = "pst_";
    private const int NameMax = 100;
    private const int DaysMax = 3_650;

    /// <summary>How exactly the last use is known: a write per request would cost more than it tells.</summary>
    private static readonly TimeSpan LastUseStep = TimeSpan.FromMinutes(1);

    private const string Columns = "id, name, role, prefix, created_by, created_at, expires_at, revoked_at, last_used_at";

    private const string InsertSql = """
        insert into access_token (id, name, role, prefix, secret_sha256, created_by, created_at, expires_at)
        values (@id, @name, @role, @prefix, @sha256, @created_by, @created_at, @expires_at)
        """;

    /// <exception cref="InvalidTokenRequestException"/>
    public async Task<IssuedToken> IssueAsync(NewTokenRequest request, string actor, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > NameMax || request.Name.Any(char.IsControl))
            throw new InvalidTokenRequestException($"A token's name must have 1 to {NameMax} printable characters.");
        if (request.ExpiresInDays is < 1 or > DaysMax)
            throw new InvalidTokenRequestException($"expires_in_days is {request.ExpiresInDays}; it must be 1 to {DaysMax}, or null for never.");
        if (!Roles.All.Contains(request.Role))
            throw new InvalidTokenRequestException($"'{request.Role}' is not a role. Roles: {string.Join(", ", Roles.All)}.");

        string secret = SecretPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        DateTimeOffset now = time.GetUtcNow();
        TokenView view = new(
            ids.NewId(), request.Name.Trim(), request.Role, secret[..8], actor, now,
            request.ExpiresInDays is { } days ? now.AddDays(days) : null, null, null);
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement insert = session.Statement(InsertSql)
                    .Bind("id", view.Id).Bind("name", view.Name).Bind("role", view.Role).Bind("prefix", view.Prefix)
                    .Bind("sha256", HashOf(secret)).Bind("created_by", view.CreatedBy).Bind("created_at", view.CreatedAt)
                    .Bind("expires_at", view.ExpiresAt);
                await insert.ExecuteAsync(token);
                await audit.WriteAsync(session, "token.issue", actor, $"{view.Id}", new { view.Name, view.Role, view.ExpiresAt }, token);
            },
            cancellationToken);
        return new IssuedToken(view, secret);
    }

    private const string VerifySql = $"select {Columns} from access_token where secret_sha256 = @sha256";

    /// <exception cref="TokenRefusedException"/>
    public async Task<TokenView> VerifyAsync(string secret, CancellationToken cancellationToken)
    {
        // Equality of hashes in an index leaks nothing of a secret with 256 random bits.
        string hash = HashOf(secret);
        TokenView? found = await database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(VerifySql).Bind("sha256", hash);
                return await statement.FirstAsync(Read, token);
            },
            cancellationToken);
        DateTimeOffset now = time.GetUtcNow();
        if (found is null)
            throw new TokenRefusedException("it is not known here");
        if (found.RevokedAt is { } revoked)
            throw new TokenRefusedException($"it was revoked at {revoked:O}");
        if (found.ExpiresAt <= now)
            throw new TokenRefusedException($"it expired at {found.ExpiresAt:O}");
        if (found.LastUsedAt is null || now - found.LastUsedAt >= LastUseStep)
            await TouchAsync(found.Id, now, cancellationToken);
        return found;
    }

    private const string ListSql = $"select {Columns} from access_token order by id";

    public Task<List<TokenView>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(ListSql);
                return await statement.QueryAsync(Read, token);
            },
            cancellationToken);

    private const string RevokeSql = $"""
        update access_token set revoked_at = coalesce(revoked_at, @now) where id = @id returning {Columns}
        """;

    /// <summary>A token revoked before stays as it is.</summary>
    /// <exception cref="TokenNotFoundException"/>
    public Task<TokenView> RevokeAsync(Guid tokenId, string actor, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(RevokeSql).Bind("id", tokenId).Bind("now", time.GetUtcNow());
                TokenView revoked = await statement.FirstAsync(Read, token) ?? throw new TokenNotFoundException(tokenId);
                await audit.WriteAsync(session, "token.revoke", actor, $"{tokenId}", new { revoked.Name }, token);
                return revoked;
            },
            cancellationToken);

    private const string TouchSql = "update access_token set last_used_at = @now where id = @id";

    private Task TouchAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(TouchSql).Bind("id", id).Bind("now", now);
                await statement.ExecuteAsync(token);
            },
            cancellationToken);

    private static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private static TokenView Read(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.Instant(5),
        row.InstantOrNull(6), row.InstantOrNull(7), row.InstantOrNull(8));
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Client;
using Penstock.Client.Errors;
using Penstock.Client.Jobs;
using Penstock.Client.Security;
using Penstock.Tests.Server;
using Xunit;

namespace Penstock.Tests.Ops;

/// <summary>What is kept of tokens, and the audit log: on each database.</summary>
public abstract class TokenTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Null: the workspace's own file.</summary>
    protected abstract Action<IServiceCollection>? Backend { get; }

    [Fact]
    public async Task A_token_works_until_it_expires()
    {
        SettableTime time = new();
        await using ServerUnderTest server = await StartAsync(time);
        IssuedToken issued = await server.Admin.IssueTokenAsync(new NewTokenRequest("ci", "viewer", ExpiresInDays: 7), Cancel);
        PenstockClient ci = server.ClientOf(issued.Secret);

        time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        Assert.Equal(new Identity("token:ci", "viewer", "token", false), await ci.MeAsync(Cancel));
        time.Advance(TimeSpan.FromMinutes(2));
        PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(() => ci.MeAsync(Cancel));

        Assert.Equal((HttpStatusCode.Unauthorized, "token-refused"), (refusal.Status, refusal.Code));
        Assert.Contains("expired", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_by_the_next_request_and_stays_listed()
    {
        await using ServerUnderTest server = await StartAsync();
        IssuedToken issued = await server.Admin.IssueTokenAsync(new NewTokenRequest("ci", "operator"), Cancel);
        PenstockClient ci = server.ClientOf(issued.Secret);
        await ci.JobsAsync(new JobQuery(), Cancel);

        TokenView revoked = await server.Admin.RevokeTokenAsync(issued.Token.Id, Cancel);

        Assert.NotNull(revoked.RevokedAt);
        Assert.Equal("token-refused", (await Assert.ThrowsAsync<PenstockApiException>(() => ci.JobsAsync(new JobQuery(), Cancel))).Code);
        TokenView listed = Assert.Single(await server.Admin.TokensAsync(Cancel));
        Assert.Equal((revoked.Id, revoked.RevokedAt), (listed.Id, listed.RevokedAt));
        Assert.NotNull(listed.LastUsedAt);
        Assert.Equal("ping", (await server.Admin.IssueTokenAsync(new NewTokenRequest("ping", "viewer", null), Cancel)).Token.Name);
    }

    [Fact]
    public async Task Changes_of_users_tokens_and_jobs_are_in_the_audit_log_with_who_made_them()
    {
        await using ServerUnderTest server = await StartAsync();
        await server.Admin.AddUserAsync(LoginCalls.Ada, Cancel);
        PenstockClient operatorToken = await server.AsAsync("operator");
        Guid job = await server.EnqueueAsync("test.wait");
        await operatorToken.CancelJobAsync(job, "not today", Cancel);
        await operatorToken.DeleteJobAsync(job, Cancel);

        IReadOnlyList<AuditView> rows = await server.Admin.GetAsync<IReadOnlyList<AuditView>>("/audit", Cancel);

        Assert.Equal(
            [("job.delete", "token:test operator"), ("job.cancel", "token:test operator"), ("token.issue", "workspace"), ("user.add", "workspace")],
            rows.Take(4).Select(row => (row.Kind, row.Actor)));
        Assert.Equal("not today", rows[1].Fields.GetProperty("reason").GetString());
        Assert.Equal($"{job}", Assert.Single(await server.Admin.GetAsync<IReadOnlyList<AuditView>>("/audit?kind=job.delete", Cancel)).Subject);
    }

    [Fact]
    public async Task The_audit_log_is_read_in_pages_of_all_kinds_or_of_one()
    {
        await using ServerUnderTest server = await StartAsync();
        for (int i = 0; i < 5; i++)
        {
            IssuedToken issued = await server.Admin.IssueTokenAsync(new NewTokenRequest($"ci {i}", "viewer"), Cancel);
            await server.Admin.RevokeTokenAsync(issued.Token.Id, Cancel);
        }
        IReadOnlyList<AuditView> first = await PageAsync(server, "limit=3");
        IReadOnlyList<AuditView> second = await PageAsync(server, $"limit=3&before={first[^1].Id}");
        Assert.Equal(["token.revoke", "token.issue", "token.revoke"], first.Select(row => row.Kind));
        Assert.Equal(["token.issue", "token.revoke", "token.issue"], second.Select(row => row.Kind));
        IReadOnlyList<AuditView> revoked = await PageAsync(server, $"kind=token.revoke&limit=10&before={first[^1].Id}");
        Assert.Equal(["ci 2", "ci 1", "ci 0"], revoked.Select(row => row.Fields.GetProperty("name").GetString()));
    }

    private static Task<IReadOnlyList<AuditView>> PageAsync(ServerUnderTest server, string query) =>
        server.Admin.GetAsync<IReadOnlyList<AuditView>>($"/audit?{query}", Cancel);

    private Task<ServerUnderTest> StartAsync(TimeProvider? time = null) =>
        ServerUnderTest.StartAsync(runWorkers: false, time: time, services: Backend);
}

public sealed class TokensInSqlite : TokenTests
{
    protected override Action<IServiceCollection>? Backend => null;
}

public sealed class TokensInPostgres : TokenTests
{
    protected override Action<IServiceCollection>? Backend => PostgresBackend.Use;
}

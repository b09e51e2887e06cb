using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Client;
using Penstock.Client.Errors;
using Penstock.Client.Security;
using Penstock.Tests.Server;
using Xunit;

namespace Penstock.Tests.Ops;

/// <summary>What is kept of users, and what changes it: on each database.</summary>
public abstract class AccountTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Null: the workspace's own file.</summary>
    protected abstract Action<IServiceCollection>? Backend { get; }

    [Fact]
    public async Task Ten_failures_lock_an_account_until_the_lock_runs_out()
    {
        SettableTime time = new();
        await using ServerUnderTest server = await StartAsync(time);
        await server.Admin.AddUserAsync(LoginCalls.Ada, Cancel);
        for (int i = 0; i < 9; i++)
            await LoginCalls.RefusedAsync(server, "ada", "guess");
        Assert.False((await LoginCalls.UserAsync(server)).Locked);
        await LoginCalls.RefusedAsync(server, "ada", "guess");

        Assert.True((await LoginCalls.UserAsync(server)).Locked);
        Assert.Equal("account-locked", (await LoginCalls.RefusedAsync(server, "ada", LoginCalls.Password)).Code);
        Assert.Equal("login-failed", (await LoginCalls.RefusedAsync(server, "ada", "guess")).Code);

        time.Advance(TimeSpan.FromMinutes(15) + TimeSpan.FromSeconds(1));
        Assert.Equal("ada", (await server.ClientOf(null).LoginAsync(new LoginRequest("ada", LoginCalls.Password), Cancel)).Name);
        Assert.Null((await LoginCalls.UserAsync(server)).LockedUntil);
    }

    [Fact]
    public async Task A_person_changes_the_own_password_with_the_old_one_and_other_sessions_end()
    {
        await using ServerUnderTest server = await StartAsync();
        using HttpClient here = await LoginCalls.SignedInAsync(server);
        using HttpClient elsewhere = server.Http();
        await LoginCalls.LoginAsync(elsewhere, "ada", LoginCalls.Password);

        PenstockApiException wrong = await Assert.ThrowsAsync<PenstockApiException>(
            () => new PenstockClient(here).ChangePasswordAsync(new PasswordChange("guess", "another long password"), Cancel));
        Assert.Equal("login-failed", wrong.Code);
        using HttpResponseMessage changed = await here.PostAsJsonAsync(
            "/auth/password", new { old_password = LoginCalls.Password, new_password = "another long password" }, Cancel);

        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.True(changed.Headers.Contains("Set-Cookie"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.GetAsync("/auth/me", Cancel)).StatusCode);
        Assert.Equal("ada", (await server.ClientOf(null).LoginAsync(new LoginRequest("ada", "another long password"), Cancel)).Name);
    }

    [Fact]
    public async Task A_name_is_taken_once()
    {
        await using ServerUnderTest server = await StartAsync();
        await server.Admin.AddUserAsync(LoginCalls.Ada, Cancel);
        PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(() => server.Admin.AddUserAsync(LoginCalls.Ada, Cancel));
        Assert.Equal((409, "account-exists"), ((int)refusal.Status, refusal.Code));
    }

    [Fact]
    public async Task The_last_admin_can_be_neither_deleted_nor_disabled_nor_lowered()
    {
        await using ServerUnderTest server = await StartAsync();
        foreach (Func<Task> attempt in (Func<Task>[])
        [
            () => server.Admin.DeleteUserAsync("admin", Cancel),
            () => server.Admin.ChangeUserAsync("admin", new UserChange { Disabled = true }, Cancel),
            () => server.Admin.ChangeUserAsync("admin", new UserChange { Role = "viewer" }, Cancel),
        ])
            Assert.Equal("last-admin", (await Assert.ThrowsAsync<PenstockApiException>(attempt)).Code);

        await server.Admin.AddUserAsync(LoginCalls.Ada with { Role = "admin" }, Cancel);
        await server.Admin.DeleteUserAsync("admin", Cancel);
        Assert.Equal(["ada"], (await server.Admin.UsersAsync(Cancel)).Select(user => user.Name));
    }

    [Fact]
    public async Task Users_are_listed_by_the_bytes_of_their_names()
    {
        await using ServerUnderTest server = await StartAsync();
        foreach (string name in (string[])["ada_b", "adab", "ada.b", "ada-b", "ada0"])
            await server.Admin.AddUserAsync(LoginCalls.Ada with { Name = name }, Cancel);
        Assert.Equal(
            ["ada-b", "ada.b", "ada0", "ada_b", "adab", "admin"], (await server.Admin.UsersAsync(Cancel)).Select(user => user.Name));
    }

    private Task<ServerUnderTest> StartAsync(TimeProvider? time = null) =>
        ServerUnderTest.StartAsync(runWorkers: false, time: time, services: Backend);
}

public sealed class AccountsInSqlite : AccountTests
{
    protected override Action<IServiceCollection>? Backend => null;
}

public sealed class AccountsInPostgres : AccountTests
{
    protected override Action<IServiceCollection>? Backend => PostgresBackend.Use;
}

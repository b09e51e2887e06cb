using System.Net;
using System.Text;
using System.Net.Sockets;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Client;
using Penstock.Client.Errors;
using Penstock.Client.Security;
using Penstock.Ops.Security;
using Penstock.Tests.Server;
using Xunit;

namespace Penstock.Tests.Ops;

/// <summary>Users, passwords and sessions.</summary>
public sealed class LoginTests
{
    private const string Password = LoginCalls.Password;
    private static readonly NewUserRequest Ada = LoginCalls.Ada;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_gives_a_cookie_that_scripts_and_other_sites_cannot_use()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        await server.Admin.AddUserAsync(Ada, Cancel);
        using HttpClient browser = server.Http();

        using HttpResponseMessage login = await browser.PostAsJsonAsync("/auth/login", new { name = "ada", password = Password }, Cancel);

        string cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("penstock_session=", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("ada", (await login.Content.ReadFromJsonAsync<Identity>(PenstockJson.Options, Cancel))?.Name);

        browser.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        Assert.Equal(
            new Identity("ada", "operator", "cookie", false),
            await browser.GetFromJsonAsync<Identity>("/auth/me", PenstockJson.Options, Cancel));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Origin", "http://localhost", 201)]
    [InlineData("Sec-Fetch-Site", "same-origin", 201)]
    public async Task A_change_with_a_cookie_is_carried_out_only_for_pages_of_this_server(string header, string value, int status)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        using HttpClient browser = await LoginCalls.SignedInAsync(server);
        browser.DefaultRequestHeaders.Add(header, value);

        using HttpResponseMessage response = await browser.PostAsJsonAsync("/jobs", new { operation = "test.wait" }, Cancel);

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 403)
            Assert.Equal("cross-site", (await response.Content.ReadFromJsonAsync<ProblemView>(PenstockJson.Options, Cancel))?.Code);
        Assert.Equal(status == 403 ? 0 : 1, (await server.Admin.JobsAsync(new(), Cancel)).Count);
    }

    [Fact]
    public async Task An_unknown_name_and_a_wrong_password_are_answered_alike()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        await server.Admin.AddUserAsync(Ada, Cancel);

        PenstockApiException unknown = await LoginCalls.RefusedAsync(server, "nobody", Password);
        PenstockApiException wrong = await LoginCalls.RefusedAsync(server, "ada", "something else");

        Assert.Equal((HttpStatusCode.Unauthorized, "login-failed"), (unknown.Status, unknown.Code));
        Assert.Equal((unknown.Status, unknown.Code, unknown.Detail), (wrong.Status, wrong.Code, wrong.Detail));
    }

    [Fact]
    public async Task A_login_beyond_those_in_work_and_waiting_is_turned_away_and_let_in_when_they_are_done()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(
            runWorkers: false, sockets: true,
            services: services => services.Configure<SecurityOptions>(limits => (limits.PasswordsAtOnce, limits.PasswordsWaiting) = (1, 0)));
        await server.Admin.AddUserAsync(Ada, Cancel);
        Uri address = server.Http().BaseAddress!;
        TcpClient slow = await BeginLoginAsync(address);

        // If a guess is being checked just when the slow one arrives, it is the slow one that is turned away and comes again.
        PenstockApiException refusal = await LoginCalls.RefusedAsync(server, "ada", "guess");
        for (int tries = 0; refusal.Code != "too-many-requests"; tries++)
        {
            Assert.True(tries < 200, "The login in work never kept another one out.");
            if (slow.Available > 0)
            {
                slow.Dispose();
                slow = await BeginLoginAsync(address);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
            refusal = await LoginCalls.RefusedAsync(server, "ada", "guess");
        }
        Assert.Equal((HttpStatusCode.TooManyRequests, "too-many-requests"), (refusal.Status, refusal.Code));

        await slow.GetStream().WriteAsync("x"u8.ToArray(), Cancel);
        using StreamReader answer = new(slow.GetStream());
        Assert.Equal("HTTP/1.1 400 Bad Request", await answer.ReadLineAsync(Cancel));
        Assert.NotEqual("too-many-requests", (await LoginCalls.RefusedAsync(server, "ada", "guess")).Code);
        slow.Dispose();
    }

    /// <summary>Sends a login whose last byte is missing.</summary>
    private static async Task<TcpClient> BeginLoginAsync(Uri address)
    {
        TcpClient client = new();
        await client.ConnectAsync(address.Host, address.Port, Cancel);
        string head = $"POST /auth/login HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
        return client;
    }

    [Theory]
    [InlineData("https", true)]
    [InlineData("http", false)]
    public async Task Behind_a_proxy_with_TLS_the_cookie_is_for_TLS_only(string scheme, bool secure)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false, sockets: true);
        await server.Admin.AddUserAsync(Ada, Cancel);
        using HttpClient proxy = server.Http();
        proxy.DefaultRequestHeaders.Add("X-Forwarded-Proto", scheme);
        using HttpResponseMessage login = await proxy.PostAsJsonAsync("/auth/login", new { name = "ada", password = Password }, Cancel);
        string cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.Equal(secure, cookie.Contains("secure", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_success_sets_the_count_of_failures_back()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        await server.Admin.AddUserAsync(Ada, Cancel);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 9; i++)
                await LoginCalls.RefusedAsync(server, "ada", "guess");
            await server.ClientOf(null).LoginAsync(new LoginRequest("ada", Password), Cancel);
        }
        Assert.False((await LoginCalls.UserAsync(server)).Locked);
    }

    [Fact]
    public async Task A_new_password_by_an_admin_lifts_a_lock()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        await server.Admin.AddUserAsync(Ada, Cancel);
        for (int i = 0; i < 10; i++)
            await LoginCalls.RefusedAsync(server, "ada", "guess");

        await server.Admin.ChangeUserAsync("ada", new UserChange { Password = "another long password" }, Cancel);

        Assert.Equal("ada", (await server.ClientOf(null).LoginAsync(new LoginRequest("ada", "another long password"), Cancel)).Name);
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("role")]
    [InlineData("password")]
    [InlineData("deleted")]
    public async Task A_change_of_a_user_ends_the_sessions_at_once(string what)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        using HttpClient browser = await LoginCalls.SignedInAsync(server);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/auth/me", Cancel)).StatusCode);

        if (what == "deleted")
            await server.Admin.DeleteUserAsync("ada", Cancel);
        else
            await server.Admin.ChangeUserAsync(
                "ada",
                what switch
                {
                    "disabled" => new UserChange { Disabled = true },
                    "role" => new UserChange { Role = "viewer" },
                    _ => new UserChange { Password = "another long password" },
                },
                Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/auth/me", Cancel)).StatusCode);
        if (what == "disabled")
            Assert.Equal("login-failed", (await LoginCalls.RefusedAsync(server, "ada", Password)).Code);
    }

    [Fact]
    public async Task A_token_has_no_password_to_change()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(
            () => server.Admin.ChangePasswordAsync(new PasswordChange("whatever it is", "another long password"), Cancel));
        Assert.Equal((422, "account-invalid"), ((int)refusal.Status, refusal.Code));
    }

    [Theory]
    [InlineData("Ada", "operator", Password)]
    [InlineData("a", "operator", Password)]
    [InlineData("ada lovelace", "operator", Password)]
    [InlineData("ada", "root", Password)]
    [InlineData("ada", "operator", "short")]
    public async Task A_user_that_makes_no_sense_is_not_added(string name, string role, string password)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(
            () => server.Admin.AddUserAsync(new NewUserRequest(name, role, password), Cancel));
        Assert.Equal((422, "account-invalid"), ((int)refusal.Status, refusal.Code));
        Assert.Equal(["admin"], (await server.Admin.UsersAsync(Cancel)).Select(user => user.Name));
    }

    [Fact]
    public async Task The_first_admins_password_lies_in_a_file_of_the_owner_until_it_is_changed_and_never_in_a_log()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        string file = Path.Combine(server.Workspace.RunFolder, "first-password");
        string password = (await File.ReadAllTextAsync(file, Cancel)).Trim();
        Assert.Equal(20, password.Length);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        using HttpClient browser = server.Http();
        Assert.True((await LoginCalls.LoginAsync(browser, "admin", password)).MustChangePassword);
        using HttpResponseMessage changed = await browser.PostAsJsonAsync(
            "/auth/password", new { old_password = password, new_password = "a password of my own" }, Cancel);
        Assert.False((await changed.Content.ReadFromJsonAsync<Identity>(PenstockJson.Options, Cancel))!.MustChangePassword);
        Assert.False(File.Exists(file));

        string log = Path.Combine(server.Workspace.LogFolder, "penstock.log");
        while (!File.Exists(log) || !(await File.ReadAllTextAsync(log, Cancel)).Contains("first-password", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
        Assert.DoesNotContain(password, await File.ReadAllTextAsync(log, Cancel), StringComparison.Ordinal);
    }
}

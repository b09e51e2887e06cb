using System.Net.Http.Json;
using Penstock.Client;
using Penstock.Client.Errors;
using Penstock.Client.Security;
using Penstock.Tests.Server;
using Xunit;

namespace Penstock.Tests.Ops;

/// <summary>What tests of users and sessions do over and over.</summary>
internal static class LoginCalls
{
    public const string Password = "correct horse battery";

    public static readonly NewUserRequest Ada = new("ada", "operator", Password);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Adds Ada, and logs in as her.</summary>
    public static async Task<HttpClient> SignedInAsync(ServerUnderTest server)
    {
        await server.Admin.AddUserAsync(Ada, Cancel);
        HttpClient browser = server.Http();
        await LoginAsync(browser, "ada", Password);
        return browser;
    }

    /// <summary>Logs in and keeps the cookie, as a browser does.</summary>
    public static async Task<Identity> LoginAsync(HttpClient browser, string name, string password)
    {
        using HttpResponseMessage login = await browser.PostAsJsonAsync("/auth/login", new { name, password }, Cancel);
        login.EnsureSuccessStatusCode();
        browser.DefaultRequestHeaders.Add("Cookie", Assert.Single(login.Headers.GetValues("Set-Cookie")).Split(';')[0]);
        return (await login.Content.ReadFromJsonAsync<Identity>(PenstockJson.Options, Cancel))!;
    }

    public static Task<PenstockApiException> RefusedAsync(ServerUnderTest server, string name, string password) =>
        Assert.ThrowsAsync<PenstockApiException>(() => server.ClientOf(null).LoginAsync(new LoginRequest(name, password), Cancel));

    public static async Task<UserView> UserAsync(ServerUnderTest server) =>
        (await server.Admin.UsersAsync(Cancel)).Single(user => user.Name == "ada");
}

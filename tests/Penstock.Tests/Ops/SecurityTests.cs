using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Client;
using Penstock.Client.Errors;
using Penstock.Client.Jobs;
using Penstock.Client.Security;
using Penstock.Tests.Server;
using Xunit;

namespace Penstock.Tests.Ops;

/// <summary>Who gets in, as whom, and what each role may do.</summary>
public sealed class SecurityTests
{
    private const string Password = "correct horse battery";
    private static readonly NewUserRequest Ada = new("ada", "operator", Password);
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_endpoint_names_a_policy_or_says_that_it_is_open()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        List<string> unguarded = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IAuthorizeData>() is null && e.Metadata.GetMetadata<IAllowAnonymous>() is null)
            .Select(e => e.RoutePattern.RawText ?? "").ToList();
        Assert.Empty(unguarded);
    }

    [Theory]
    [InlineData("GET", "/jobs", null, 401)]
    [InlineData("GET", "/metrics", null, 401)]
    [InlineData("GET", "/events", null, 401)]
    [InlineData("GET", "/auth/me", null, 401)]
    [InlineData("GET", "/health", null, 200)]
    [InlineData("GET", "/openapi/v1.json", null, 200)]
    [InlineData("GET", "/jobs", "viewer", 200)]
    [InlineData("GET", "/metrics", "viewer", 200)]
    [InlineData("POST", "/jobs", "viewer", 403)]
    [InlineData("PUT", "/artifacts/x.txt", "viewer", 403)]
    [InlineData("POST", "/jobs/01939f8e-0000-7000-8000-000000000000/cancel", "viewer", 403)]
    [InlineData("POST", "/dead-letters/01939f8e-0000-7000-8000-000000000000/redrive", "viewer", 403)]
    [InlineData("POST", "/jobs", "operator", 201)]
    [InlineData("GET", "/users", "operator", 403)]
    [InlineData("GET", "/tokens", "operator", 403)]
    [InlineData("GET", "/audit", "operator", 403)]
    [InlineData("GET", "/users", "admin", 200)]
    [InlineData("POST", "/jobs", "admin", 201)]
    public async Task A_role_may_do_what_its_policy_says(string method, string path, string? role, int status)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        PenstockClient caller = role is null ? server.ClientOf(null) : await server.AsAsync(role);
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (method is "POST" or "PUT")
            request.Content = new StringContent("""{"operation":"test.wait"}""", Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await caller.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);

        Assert.Equal(status, (int)response.StatusCode);
        if (status is 401 or 403)
        {
            ProblemView? problem = await response.Content.ReadFromJsonAsync<ProblemView>(PenstockJson.Options, Cancel);
            Assert.Equal(status == 401 ? "sign-in-required" : "role-too-low", problem?.Code);
        }
        Assert.Equal(status == 401, response.Headers.WwwAuthenticate.Count > 0);
    }

    [Fact]
    public async Task The_database_holds_no_secret_of_a_token_or_a_user()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        IssuedToken issued = await server.Admin.IssueTokenAsync(new NewTokenRequest("ci", "operator"), Cancel);
        await server.Admin.AddUserAsync(Ada, Cancel);
        foreach (string file in Directory.GetFiles(server.Workspace.DataFolder, "penstock.db*"))
        {
            await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using StreamReader reader = new(stream, Encoding.Latin1);
            string content = await reader.ReadToEndAsync(Cancel);
            Assert.DoesNotContain(issued.Secret, content, StringComparison.Ordinal);
            Assert.DoesNotContain(Password, content, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "viewer", 90)]
    [InlineData("ci", "root", 90)]
    [InlineData("ci", "viewer", 0)]
    [InlineData("ci", "viewer", 3_651)]
    public async Task A_token_that_makes_no_sense_is_not_issued(string name, string role, int days)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(
            () => server.Admin.IssueTokenAsync(new NewTokenRequest(name, role, days), Cancel));
        Assert.Equal((422, "token-invalid"), ((int)refusal.Status, refusal.Code));
        Assert.Empty(await server.Admin.TokensAsync(Cancel));
    }

    [Theory]
    [InlineData("Bearer nonsense", "token-refused")]
    [InlineData("Bearer ", "sign-in-required")]
    [InlineData("Basic YWRhOmFkYQ==", "sign-in-required")]
    public async Task Another_authorization_header_is_refused(string header, string code)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        using HttpClient http = server.Http();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        using HttpResponseMessage response = await http.GetAsync("/jobs", Cancel);
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<ProblemView>(PenstockJson.Options, Cancel))?.Code);
    }
}

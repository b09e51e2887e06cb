using System.Net;
using System.Text.RegularExpressions;
using Penstock.Client.Health;
using Penstock.Console.Hosting;
using Xunit;

namespace Penstock.Tests.Console;

public sealed partial class HostingTests
{
    [Fact]
    public async Task Without_a_session_every_page_leads_to_sign_in_and_back()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Reader = null;
        using HttpResponseMessage asked = await console.GetAsync("/ui/jobs?status=failed");
        Assert.Equal((HttpStatusCode.SeeOther, "/ui/sign-in?return=%2Fui%2Fjobs%3Fstatus%3Dfailed"), (asked.StatusCode, asked.Headers.Location?.ToString()));
        Assert.Contains("name=\"return\" value=\"/ui/jobs?status=failed\"", await console.GetPageAsync("/ui/sign-in?return=%2Fui%2Fjobs%3Fstatus%3Dfailed"));

        using HttpResponseMessage refused = await console.PostAsync("/ui/sign-in", ("name", "ada"), ("password", "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        string again = await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("The name or the password is wrong.", again);
        Assert.Contains("value=\"ada\"", again);

        using HttpResponseMessage accepted = await console.PostAsync(
            "/ui/sign-in", ("name", "ada"), ("password", "correct horse"), ("return", "/ui/jobs?status=failed"));
        Assert.Equal((HttpStatusCode.SeeOther, "/ui/jobs?status=failed"), (accepted.StatusCode, accepted.Headers.Location?.ToString()));
        Assert.StartsWith(FakeApi.SessionCookie, accepted.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/ui")]
    [InlineData("/ui\\..\\evil")]
    [InlineData("/uix")]
    [InlineData("/jobs")]
    [InlineData("/ui/jobs\r\nSet-Cookie: a=b")]
    public async Task Sign_in_never_leads_out_of_the_console(string wanted)
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        using HttpResponseMessage response = await console.PostAsync(
            "/ui/sign-in", ("name", "ada"), ("password", "correct horse"), ("return", wanted));
        Assert.Equal("/ui", response.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://localhost:1")]
    [InlineData("null")]
    [InlineData(null)]
    public async Task A_form_of_another_site_does_nothing(string? origin)
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        using HttpResponseMessage response = await console.PostFromAsync(origin, $"/ui/jobs/{Samples.Id(1)}/cancel", ("reason", ""));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.DoesNotContain(console.Api.Requests, request => request.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_forbid_inline_code_foreign_code_and_framing_and_hold_none()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        ProteinSamples.Fill(console.Api.Proteins, ConsoleUnderTest.StoppedClock.Noon);
        console.Api.Jobs.Add(Samples.Job(1, ConsoleUnderTest.StoppedClock.Noon));
        foreach (string path in AllPages)
        {
            using HttpResponseMessage response = await console.GetAsync(path);
            string policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith("default-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy);
            string page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotMatch(InlineCode(), page);
            Assert.DoesNotMatch("""(src|href)="(https?:)?//""", page);
        }
    }

    [Fact]
    public async Task Every_page_has_one_main_heading_a_skip_link_a_title_and_labels_for_its_fields()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        ProteinSamples.Fill(console.Api.Proteins, ConsoleUnderTest.StoppedClock.Noon);
        console.Api.Jobs.Add(Samples.Job(1, ConsoleUnderTest.StoppedClock.Noon));
        foreach (string path in AllPages)
        {
            string page = await console.GetPageAsync(path);
            Assert.True(Regex.Count(page, "<h1[ >]") == 1, $"{path}: not one h1");
            Assert.Contains("href=\"#content\"", page);
            Assert.Matches("<title>[^<]+ · Penstock</title>", page);
            Assert.Equal(Regex.Count(page, " id=\""), Regex.Matches(page, " id=\"([^\"]+)\"").Select(match => match.Groups[1].Value).Distinct().Count());
            foreach (Match field in FieldOutsideLabel().Matches(LabelWithContent().Replace(page, "")))
                Assert.Contains("type=\"hidden\"", field.Value);
        }
    }

    [Fact]
    public async Task Assets_come_from_the_assembly_and_are_kept_for_ever_under_their_version()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        string page = await console.GetPageAsync("/ui/sign-in");
        string[] addresses = [.. Regex.Matches(page, "(?:href|src)=\"(/ui/assets/[^\"]+)\"").Select(match => match.Groups[1].Value)];
        Assert.Equal(3, addresses.Length);
        foreach (string address in addresses)
        {
            using HttpResponseMessage response = await console.GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("public, max-age=31536000, immutable", response.Headers.CacheControl?.ToString());
            using HttpResponseMessage again = await console.GetAsync(address, request => request.Headers.IfNoneMatch.Add(response.Headers.ETag!));
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        }
        using HttpResponseMessage old = await console.GetAsync("/ui/assets/000000000000/console.css");
        Assert.Equal("no-cache", old.Headers.CacheControl?.ToString());
        using HttpResponseMessage none = await console.GetAsync("/ui/assets/000000000000/../../secret");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Imports_between_modules_name_files_that_exist()
    {
        ConsoleAssets assets = new();
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        foreach (string module in (string[])["js/console.js", "js/live.js", "js/morph.js", "js/ago.js"])
        {
            string code = await console.GetPageAsync(assets.Address(module));
            foreach (Match import in Regex.Matches(code, "from \"\\./([^\"]+)\""))
                Assert.NotEmpty(assets.Address("js/" + import.Groups[1].Value));
        }
    }

    [Fact]
    public async Task An_error_of_the_API_is_a_page_with_its_code_detail_and_status()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Refusals["/queues"] = FakeApi.Problem(503, "store-unavailable", "The database is locked. Run `penstock doctor`.");
        string page = await console.GetPageAsync("/ui/queues", HttpStatusCode.ServiceUnavailable);
        Assert.Contains("<code>store-unavailable</code>", page);
        Assert.Contains("<code>penstock doctor</code>", page);
        Assert.Contains("trace-1", page);
        Assert.Contains("<code>job-not-found</code>", await console.GetPageAsync($"/ui/jobs/{Samples.Id(404)}", HttpStatusCode.NotFound));
        Assert.Contains("/ui/nowhere", await console.GetPageAsync("/ui/nowhere", HttpStatusCode.NotFound));
        Assert.Contains("page-not-found", await console.GetPageAsync("/ui/jobs/not-an-id", HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task A_system_that_is_not_ready_says_why()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Readiness = new ReadinessView("not_ready", [new HealthCheckView("disk", false, "1.2 GB left. Free some space.")]);
        string page = await console.GetPageAsync("/ui");
        Assert.Contains("Not ready", page);
        Assert.Contains("1.2 GB left. Free some space.", page);
    }

    [Fact]
    public async Task The_choice_of_colours_is_kept_in_a_cookie_and_comes_with_the_page()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        using HttpResponseMessage chosen = await console.PostAsync("/ui/theme", ("theme", "dark"), ("return", "/ui/queues"));
        Assert.Equal("/ui/queues", chosen.Headers.Location?.ToString());
        Assert.StartsWith("penstock-theme=dark;", chosen.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        using HttpResponseMessage page = await console.GetAsync("/ui", request => request.Headers.Add("Cookie", "penstock-theme=dark"));
        Assert.Contains("<html lang=\"en\" data-theme=\"dark\">", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("http://[::]:8080", "http://127.0.0.1:8080/")]
    [InlineData("http://*:8080", "http://127.0.0.1:8080/")]
    [InlineData("http://0.0.0.0:5000", "http://127.0.0.1:5000/")]
    [InlineData("http://10.1.2.3:80", "http://10.1.2.3/")]
    public void An_address_for_every_interface_is_reached_over_loopback(string listens, string expected) =>
        Assert.Equal(expected, ApiAddress.OverLoopback(listens).ToString());

    [Fact]
    public async Task The_API_sees_the_cookie_and_token_of_the_one_who_asked()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        using HttpResponseMessage page = await console.GetAsync("/ui/queues", request =>
        {
            request.Headers.Add("Cookie", FakeApi.SessionCookie);
            request.Headers.Add("Authorization", "Bearer abc");
        });
        Assert.Equal((FakeApi.SessionCookie, "Bearer abc"), console.Api.LastCredentials);
    }

    private static readonly string[] AllPages =
    [
        "/ui", "/ui/jobs", $"/ui/jobs/{Samples.Id(1)}", "/ui/queues", "/ui/dead-letters", "/ui/proteins", "/ui/proteins/P06493", "/ui/query-sets",
        $"/ui/query-sets/{ProteinSamples.QuerySet}", $"/ui/annotations/{Samples.Id(8)}", "/ui/predictions", $"/ui/predictions/{ProteinSamples.PredictionSet}",
        $"/ui/predictions/{ProteinSamples.PredictionSet}/contig_17", "/ui/evaluations", $"/ui/evaluations/{ProteinSamples.EvaluationSet}", "/ui/data",
        "/ui/sign-in", "/ui/password",
    ];

    [GeneratedRegex("""<script(?![^>]*\bsrc=)|<style|\sstyle="|\son[a-z]+="|javascript:""", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();

    [GeneratedRegex("<label.*?</label>", RegexOptions.Singleline)]
    private static partial Regex LabelWithContent();

    [GeneratedRegex("<(input|select|textarea)[^>]*>")]
    private static partial Regex FieldOutsideLabel();
}

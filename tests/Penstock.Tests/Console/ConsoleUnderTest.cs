using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Console;
using Xunit;

namespace Penstock.Tests.Console;

/// <summary>The console and a fake API on one loopback port, as in the product, and a browser without scripts.</summary>
internal sealed partial class ConsoleUnderTest : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _browser;

    private ConsoleUnderTest(FakeApi api, WebApplication app)
    {
        Api = api;
        _app = app;
        _browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public FakeApi Api { get; }

    public static async Task<ConsoleUnderTest> StartAsync(FakeApi? api = null, string url = "http://127.0.0.1:0", TimeProvider? time = null)
    {
        api ??= new FakeApi();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(time ?? new StoppedClock());
        builder.Services.AddPenstockConsole();
        WebApplication app = builder.Build();
        api.Map(app);
        app.MapPenstockConsole();
        await app.StartAsync();
        return new ConsoleUnderTest(api, app);
    }

    /// <summary>The HTML of a page, with its entities for letters beyond ASCII read back; those for markup stay.</summary>
    public async Task<string> GetPageAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpResponseMessage response = await GetAsync(path);
        string html = Readable(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(response.StatusCode == expected, $"{path} answered {(int)response.StatusCode}, not {(int)expected}: {html}");
        return html;
    }

    private static string Readable(string html) =>
        NumericEntity().Replace(html, entity => char.ConvertFromUtf32(Convert.ToInt32(entity.Groups[1].Value, 16)));

    [GeneratedRegex("&#x([0-9A-F]{2,5});")]
    private static partial Regex NumericEntity();

    public Task<HttpResponseMessage> GetAsync(string path, Action<HttpRequestMessage>? change = null)
    {
        HttpRequestMessage request = new(HttpMethod.Get, path);
        change?.Invoke(request);
        return _browser.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a form as a page of this console would.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) =>
        PostFromAsync(_browser.BaseAddress!.GetLeftPart(UriPartial.Authority), path, fields);

    /// <param name="origin">The site whose page holds the form; null: no browser.</param>
    public Task<HttpResponseMessage> PostFromAsync(string? origin, string path, params (string Name, string Value)[] fields) =>
        SendAsync(origin, path, new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    public Task<HttpResponseMessage> SendAsync(string? origin, string path, HttpContent content)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path) { Content = content };
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        return _browser.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public string Origin => _browser.BaseAddress!.GetLeftPart(UriPartial.Authority);

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>It is always noon: texts about time can be compared.</summary>
    internal sealed class StoppedClock : TimeProvider
    {
        public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Noon;
    }
}

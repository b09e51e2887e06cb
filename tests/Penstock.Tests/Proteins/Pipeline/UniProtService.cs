using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Penstock.Tests.Proteins.Pipeline;

/// <summary>A service on loopback that pages as UniProt does, and answers as a test tells it before.</summary>
internal sealed class UniProtService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<(int Status, string? RetryAfter)> _troubles = [];

    private UniProtService(WebApplication app) => _app = app;

    public Uri SearchUrl => new(_app.Urls.First() + "/search");
    public List<string> Queries { get; } = [];

    /// <summary>Pages of FASTA text, in order.</summary>
    public static async Task<UniProtService> StartAsync(params string[] pages)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        UniProtService service = new(app);
        app.MapGet("/search", context => service.AnswerAsync(context, pages));
        await app.StartAsync();
        return service;
    }

    /// <summary>The next request is refused so.</summary>
    public void Refuse(int status, string? retryAfter = null) => _troubles.Add((status, retryAfter));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, string[] pages)
    {
        Queries.Add(context.Request.QueryString.Value!);
        if (_troubles.Count > 0)
        {
            context.Response.StatusCode = _troubles[0].Status;
            context.Response.Headers.RetryAfter = _troubles[0].RetryAfter;
            _troubles.RemoveAt(0);
            return;
        }
        int page = int.TryParse(context.Request.Query["cursor"], out int cursor) ? cursor : 0;
        context.Response.Headers["X-Total-Results"] = $"{pages.Sum(p => p.Count(c => c == '>'))}";
        if (page + 1 < pages.Length)
            context.Response.Headers.Link = $"<{SearchUrl}?format=fasta&cursor={page + 1}>; rel=\"next\"";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(pages[page]));
    }
}

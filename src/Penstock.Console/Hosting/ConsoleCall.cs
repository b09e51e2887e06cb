using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Penstock.Client;
using Penstock.Client.Errors;
using Penstock.Client.Jobs;
using Penstock.Client.Security;

namespace Penstock.Console.Hosting;

/// <summary>One request for a page: the API as its reader sees it, and what every page shows around its content.</summary>
internal sealed class ConsoleCall
{
    private readonly HttpContext _context;
    private readonly ConsoleAssets _assets;
    private readonly TimeProvider _time;

    public ConsoleCall(IHttpContextAccessor accessor, ApiConnections connections, ConsoleAssets assets, TimeProvider time)
    {
        _context = accessor.HttpContext ?? throw new InvalidOperationException("Pages exist only inside a request.");
        _assets = assets;
        _time = time;
        Api = connections.Open(_context);
    }

    public PenstockClient Api { get; }

    public DateTimeOffset Now => _time.GetUtcNow();

    public HttpRequest Request => _context.Request;

    /// <summary>A whole page. <typeparamref name="TPage"/> has the parameters <c>Frame</c> and <c>Model</c>.</summary>
    public async Task<IResult> PageAsync<TPage>(object? model, int status, CancellationToken cancellationToken)
        where TPage : IComponent
    {
        Identity? reader = await WhoAsync(cancellationToken);
        return Render<TPage>(model, reader, status);
    }

    public Task<IResult> PageAsync<TPage>(object? model, CancellationToken cancellationToken)
        where TPage : IComponent => PageAsync<TPage>(model, StatusCodes.Status200OK, cancellationToken);

    /// <summary>A page for someone who is not signed in, or while the API does not answer.</summary>
    public IResult PageForAnyone<TPage>(object? model, int status)
        where TPage : IComponent => Render<TPage>(model, null, status);

    /// <summary>After a form: the browser fetches the next page with GET, so that reloading sends nothing twice.</summary>
    public static IResult SeeOther(string path) => new SeeOtherResult(path);

    /// <summary>To the page of a job that a form has started.</summary>
    public static IResult Follow(QueuedJob job) =>
        SeeOther(ConsolePaths.WithQuery(ConsolePaths.Job(job.Id), ("notice", Notices.JobEnqueued)));

    /// <summary>Where a form wants the reader to go next, if that is a page of the console.</summary>
    public static string LocalPath(string? wanted, string otherwise) =>
        wanted is not null && wanted.StartsWith(ConsolePaths.Root, StringComparison.Ordinal)
            && !wanted.Contains('\\', StringComparison.Ordinal) && !wanted.Any(char.IsControl)
            && (wanted.Length == ConsolePaths.Root.Length || wanted[ConsolePaths.Root.Length] is '/' or '?')
            ? wanted
            : otherwise;

    /// <summary>The signed-in reader; null where the API runs without sign-in or does not know them.</summary>
    private async Task<Identity?> WhoAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Api.MeAsync(cancellationToken);
        }
        catch (PenstockApiException error) when (error.Status is System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private PageResult<TPage> Render<TPage>(object? model, Identity? reader, int status)
        where TPage : IComponent
    {
        HttpRequest request = _context.Request;
        PageFrame frame = new(
            request.Path + request.QueryString, Themes.Of(request), reader, _assets, Notices.Find(request.Query["notice"]), Now);
        return new PageResult<TPage>(frame, model, status);
    }

    private sealed class SeeOtherResult(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            return Task.CompletedTask;
        }
    }
}

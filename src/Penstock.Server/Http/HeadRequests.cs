using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Penstock.Server.Http;

/// <summary>HEAD is GET without the body, for every path: monitors and link checkers ask with it.</summary>
internal sealed class HeadRequests(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }
        IHttpResponseBodyFeature body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        HeadBody discarded = new(body);
        context.Features.Set<IHttpResponseBodyFeature>(discarded);
        context.Features.Set(new HeadMark());
        context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
            await discarded.CompleteAsync();
        }
        finally
        {
            context.Request.Method = HttpMethods.Head;
            context.Features.Set(body);
        }
    }

    /// <summary>For answers that never end: their headers are all there is to say.</summary>
    public static bool Is(HttpContext context) => context.Features.Get<HeadMark>() is not null;

    private sealed class HeadMark;

    /// <summary>Headers go out, bytes do not.</summary>
    private sealed class HeadBody(IHttpResponseBodyFeature inner) : StreamResponseBodyFeature(Stream.Null)
    {
        public override Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);
    }
}

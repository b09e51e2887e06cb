using Microsoft.AspNetCore.Http;

namespace Penstock.Server.Http;

/// <summary>Answers are what their media type says, are not framed, and tell other sites nothing of their address.</summary>
internal sealed class SafeHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(
            state =>
            {
                IHeaderDictionary headers = ((HttpResponse)state).Headers;
                headers.XContentTypeOptions = "nosniff";
                headers.XFrameOptions = "DENY";
                headers["Referrer-Policy"] = "same-origin";
                return Task.CompletedTask;
            },
            context.Response);
        return next(context);
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Penstock.Server.Http;

/// <summary>Bodies are JSON whatever their Content-Type says (<c>curl -d</c> sends form data), and no larger than is sensible for JSON.</summary>
/// <remarks>Stands before routing: the matcher itself refuses other media types. Multipart uploads and artifacts (raw files) pass as they are.</remarks>
internal sealed class JsonBodies(RequestDelegate next)
{
    public const long BytesMax = 50L << 20;

    public Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        bool hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? request.ContentLength > 0;
        bool takesJson = HttpMethods.IsPost(request.Method) || HttpMethods.IsPatch(request.Method) || HttpMethods.IsDelete(request.Method)
            || (HttpMethods.IsPut(request.Method) && !request.Path.StartsWithSegments("/artifacts", StringComparison.Ordinal));
        bool multipart = request.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) ?? false;
        if (hasBody && takesJson && !multipart && !ConsoleTraffic.Is(request))
        {
            request.ContentType = "application/json";
            if (request.ContentLength > BytesMax)
                throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit
                && (limit.MaxRequestBodySize is null || limit.MaxRequestBodySize > BytesMax))
                limit.MaxRequestBodySize = BytesMax;
        }
        return next(context);
    }
}

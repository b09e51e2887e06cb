using System.Net;
using Microsoft.AspNetCore.Http;
using Penstock.Client.Errors;
using Penstock.Console.Errors;

namespace Penstock.Console.Hosting;

/// <summary>Around every page: security headers, the check of a form's origin, and errors of the API as pages.</summary>
internal sealed class PageFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        PageHeaders.Write(http.Response.Headers);
        ConsoleCall call = (ConsoleCall)http.RequestServices.GetService(typeof(ConsoleCall))!;
        if (HttpMethods.IsPost(http.Request.Method) && !SameOrigin.Allows(http.Request))
            return call.PageForAnyone<ErrorPage>(ErrorModel.ForeignForm, StatusCodes.Status403Forbidden);
        try
        {
            return await next(context);
        }
        catch (PenstockApiException error) when (error.Status == HttpStatusCode.Unauthorized)
        {
            // After a form there is nothing to come back to: its content is gone.
            string? wanted = HttpMethods.IsGet(http.Request.Method) ? http.Request.Path + http.Request.QueryString : null;
            return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.SignIn, ("return", wanted)));
        }
        catch (PenstockApiException error)
        {
            return call.PageForAnyone<ErrorPage>(ErrorModel.From(error, http.Request), (int)error.Status);
        }
        catch (InvalidFormException error)
        {
            return call.PageForAnyone<ErrorPage>(ErrorModel.From(error, http.Request), StatusCodes.Status422UnprocessableEntity);
        }
        catch (ServerUnreachableException error)
        {
            return call.PageForAnyone<ErrorPage>(ErrorModel.From(error), StatusCodes.Status502BadGateway);
        }
        catch (TaskCanceledException error) when (error.InnerException is TimeoutException)
        {
            return call.PageForAnyone<ErrorPage>(ErrorModel.Slow(http.Request), StatusCodes.Status504GatewayTimeout);
        }
    }
}

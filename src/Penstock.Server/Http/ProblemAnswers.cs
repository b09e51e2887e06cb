using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Penstock.Client.Errors;
using Penstock.Engine;

namespace Penstock.Server.Http;

/// <summary>Every failed request is answered with problem details: thrown errors, and bare statuses of the framework.</summary>
internal sealed class ProblemAnswers(RequestDelegate next, ILogger<ProblemAnswers> logger)
{
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = ClientClosedRequest;
            return;
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            ProblemView problem = Problem.Of(error, context);
            Log(error, problem, context);
            context.Response.Clear();
            await Problem.WriteAsync(problem, context);
            return;
        }
        if (IsBare(context))
            await Problem.WriteAsync(Problem.Of(context.Response.StatusCode, context), context);
    }

    private static bool IsBare(HttpContext context)
    {
        HttpResponse response = context.Response;
        // The console answers people with pages of its own.
        return response.StatusCode >= 400 && !response.HasStarted && response.ContentType is null
            && response.ContentLength is null or 0 && !ConsoleTraffic.Is(context.Request);
    }

    private void Log(Exception error, ProblemView problem, HttpContext context)
    {
        if (problem.Status == StatusCodes.Status500InternalServerError)
            logger.RequestFailed(error, context.Request.Method, context.Request.Path, problem.TraceId);
        else if (error is PenstockException { Kind: ErrorKind.Unavailable or ErrorKind.StorageFull })
            logger.RequestUnserved(error, context.Request.Method, context.Request.Path, problem.Code);
        else
            logger.RequestRefused(context.Request.Method, context.Request.Path, problem.Status, problem.Code);
    }
}

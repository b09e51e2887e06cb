using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Penstock.Console.DataLoads;
using Penstock.Console.DeadLetters;
using Penstock.Console.Errors;
using Penstock.Console.Evaluations;
using Penstock.Console.Events;
using Penstock.Console.Hosting;
using Penstock.Console.Jobs;
using Penstock.Console.Overview;
using Penstock.Console.Predictions;
using Penstock.Console.Proteins;
using Penstock.Console.QuerySets;
using Penstock.Console.Queues;
using Penstock.Console.Schedules;
using Penstock.Console.SignIn;

namespace Penstock.Console;

/// <summary>Adds the web console to a host that serves the HTTP API.</summary>
public static class ConsoleServices
{
    public static IServiceCollection AddPenstockConsole(this IServiceCollection services, Action<ConsoleOptions>? configure = null)
    {
        services.AddOptions<ConsoleOptions>();
        if (configure is not null)
            services.Configure(configure);
        services.AddHttpContextAccessor();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ConsoleAssets>();
        services.AddSingleton<ApiConnections>();
        services.AddScoped<ConsoleCall>();
        return services;
    }

    /// <summary>Maps the pages under <c>/ui</c>. They check the reader through the API, so they need no policy of the host's.</summary>
    public static IEndpointConventionBuilder MapPenstockConsole(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder all = routes.MapGroup(ConsolePaths.Root);
        all.MapMethods(
            "/assets/{version}/{**path}", [HttpMethods.Get, HttpMethods.Head],
            (HttpContext context, string version, string path, ConsoleAssets assets) => assets.ServeAsync(context, version, path));

        RouteGroupBuilder pages = all.MapGroup("").AddEndpointFilter<PageFilter>();
        pages.MapSignIn();
        pages.MapOverview();
        pages.MapJobPages();
        pages.MapQueuePages();
        pages.MapSchedulePages();
        pages.MapEventPages();
        pages.MapDeadLetterPages();
        pages.MapProteinPages();
        pages.MapQuerySetPages();
        pages.MapPredictionPages();
        pages.MapEvaluationPages();
        pages.MapDataLoadPages();
        pages.MapFallback("/{**path}", (ConsoleCall call, HttpContext context, CancellationToken cancellationToken) =>
            call.PageForAnyone<ErrorPage>(ErrorModel.NoPage(context.Request.Path), StatusCodes.Status404NotFound));
        // Pages are for people; programs read the API's own description.
        all.ExcludeFromDescription().AllowAnonymous();
        return all;
    }
}

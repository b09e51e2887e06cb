using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Events;
using Penstock.Console.Hosting;

namespace Penstock.Console.Events;

/// <summary>What happened, over all jobs.</summary>
internal static class EventPages
{
    private const int PageSize = 100;

    public static void MapEventPages(this IEndpointRouteBuilder pages) => pages.MapGet("/events", ListAsync);

    private static async Task<IResult> ListAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        HttpRequest request = call.Request;
        EventListFilter filter = new(
            PageQuery.Word(request, "level", "warning", "error"), PageQuery.Text(request, "event"),
            long.TryParse(PageQuery.Text(request, "before"), NumberStyles.None, CultureInfo.InvariantCulture, out long before) ? before : null);
        IReadOnlyList<EventView> events = await call.Api.RecentEventsAsync(
            new EventQuery { Level = filter.Level, Event = filter.Name, Before = filter.Before, Limit = PageSize + 1 }, cancellationToken);
        return await call.PageAsync<EventListPage>(
            new EventListModel(filter, [.. events.Take(PageSize)], events.Count > PageSize), cancellationToken);
    }
}

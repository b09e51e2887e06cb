using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Resources;
using Penstock.Engine.Storage;
using Penstock.Ops.Security;
using Penstock.Server.Queues;

namespace Penstock.Server.Resources;

internal static class ResourceEndpoints
{
    public static void MapResources(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("").WithTags("Queues").RequireAuthorization(Policies.Viewer).MapGet("/resources", ListAsync);

    /// <summary>Named resources with their capacity, who holds them and how much waits; then concurrency keys in use.</summary>
    internal static async Task<Ok<IEnumerable<ResourceView>>> ListAsync(IResourceReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok((await reader.ResourcesAsync(cancellationToken)).Select(ToView));

    private static ResourceView ToView(ResourceState resource) => new(
        resource.Name, resource.Capacity, resource.InUse, resource.Waiting, resource.Rate.ToView(null),
        [.. resource.Holders.Select(one => new ResourceHolderView(one.JobId, one.ItemIndex, one.QueueName, one.Units, one.WorkerId, one.Since))]);
}

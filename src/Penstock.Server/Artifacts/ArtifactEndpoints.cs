using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Penstock.Client.Artifacts;
using Penstock.Engine.Storage;
using Penstock.Ops;
using Penstock.Ops.Security;

namespace Penstock.Server.Artifacts;

internal static class ArtifactEndpoints
{
    private const int RowsUsual = 100;
    private const int RowsMax = 500;

    public static void MapArtifacts(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder artifacts = routes.MapGroup("/artifacts").WithTags("Artifacts");
        artifacts.MapGet("", ListAsync).RequireAuthorization(Policies.Viewer).ProducesProblem(StatusCodes.Status400BadRequest);
        artifacts.MapGet("/{**name}", DownloadAsync).RequireAuthorization(Policies.Viewer)
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream").Produces(StatusCodes.Status302Found)
            .ProducesProblem(StatusCodes.Status404NotFound);
        artifacts.MapPut("/{**name}", UploadAsync).RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status507InsufficientStorage);
    }

    /// <summary>Stored files by name.</summary>
    /// <param name="prefix">Only names that begin with it.</param>
    /// <param name="after">Only names after this one: the last name of the page before.</param>
    /// <param name="limit">1 to 500; default 100.</param>
    internal static async Task<Ok<IEnumerable<ArtifactView>>> ListAsync(
        IArtifactStore store, CancellationToken cancellationToken, string? prefix = null, string? after = null, int? limit = null)
    {
        IReadOnlyList<Artifact> found =
            await store.ListAsync(prefix ?? "", after, PageSize.Checked(limit, RowsUsual, RowsMax), cancellationToken);
        return TypedResults.Ok(found.Select(ToView));
    }

    /// <summary>The content of a file.</summary>
    /// <param name="direct">True: if the files are on an S3 server, answer 302 with an address there that works for a while. The caller must reach that server.</param>
    internal static async Task<Results<FileStreamHttpResult, RedirectHttpResult>> DownloadAsync(
        string name, IArtifactStore store, HttpResponse response, CancellationToken cancellationToken, bool direct = false)
    {
        if (direct && store is IPresignedArtifacts presigned)
        {
            // Whoever has the address can read the file: it belongs into no cache.
            response.GetTypedHeaders().CacheControl = new CacheControlHeaderValue { NoStore = true };
            return TypedResults.Redirect((await presigned.PresignAsync(name, cancellationToken)).AbsoluteUri);
        }
        Artifact artifact = await store.FindAsync(name, cancellationToken) ?? throw new ArtifactNotFoundException(name);
        Stream content = await store.OpenAsync(name, cancellationToken);
        // As an attachment: what someone stored must not run as a page of this server.
        return TypedResults.Stream(
            content, artifact.MediaType, Path.GetFileName(name), artifact.CreatedAt, new EntityTagHeaderValue($"\"{artifact.Sha256}\""),
            enableRangeProcessing: content.CanSeek);
    }

    /// <summary>Stores the request's body under a name; replaces what the name pointed to.</summary>
    internal static async Task<Ok<ArtifactView>> UploadAsync(
        string name, HttpRequest request, ClaimsPrincipal caller, IArtifactStore store, AuditLog audit, CancellationToken cancellationToken)
    {
        string mediaType = string.IsNullOrWhiteSpace(request.ContentType) ? "application/octet-stream" : request.ContentType;
        Artifact stored = await store.PutAsync(name, request.Body, mediaType, cancellationToken);
        await audit.WriteAsync("artifact.put", caller.Actor(), name, new { stored.Sha256, stored.SizeBytes }, cancellationToken);
        return TypedResults.Ok(ToView(stored));
    }

    private static ArtifactView ToView(Artifact artifact) =>
        new(artifact.Name, artifact.Sha256, artifact.SizeBytes, artifact.MediaType, artifact.CreatedAt);
}

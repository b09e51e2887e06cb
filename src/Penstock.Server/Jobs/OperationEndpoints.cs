using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Operations;
using Penstock.Engine.Operations;
using Penstock.Ops.Security;

namespace Penstock.Server.Jobs;

internal static class OperationEndpoints
{
    private static readonly JsonSerializerOptions SchemaOptions =
        new(PayloadJson.Options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    public static void MapOperations(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/operations", List).WithTags("Jobs").RequireAuthorization(Policies.Viewer);

    /// <summary>The operations that jobs can name, with the JSON schema of their payloads.</summary>
    internal static Ok<IEnumerable<OperationView>> List(OperationRegistry registry) =>
        TypedResults.Ok(registry.Operations.Select(ToView));

    private static OperationView ToView(OperationDefinition operation) => new(
        operation.Name, operation.QueueName, operation.Summary, operation.Retry.MaxAttempts, operation.Timeout?.TotalSeconds,
        !operation.IsItem, SchemaOf(operation.PayloadType))
    {
        Kind = operation.Kind,
        EncryptsPayload = operation.EncryptsPayload,
        Command = operation.Exec?.Command,
    };

    private static JsonElement SchemaOf(Type payload)
    {
        if (payload == typeof(JsonElement))
            return JsonSerializer.SerializeToElement(new { type = "object" });
        JsonNode schema = SchemaOptions.GetJsonSchemaAsNode(payload);
        return JsonSerializer.SerializeToElement(schema);
    }
}

using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using ApiDescriptionOfFramework = Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription;

namespace Penstock.Server.OpenApi;

/// <summary>The API's own description at <c>/openapi/v1.json</c>, and a page to read and try it at <c>/docs</c>.</summary>
internal static class ApiDescription
{
    private const string Bearer = "bearer";

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Penstock",
                Version = "v1",
                Description = "Durable jobs, their operations, and the pipelines built on them. Errors are problem details with a stable code.",
            };
            // The address someone happened to ask at is no part of the contract.
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Bearer] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = Bearer,
                    Description = "A token of POST /tokens, or the workspace's own in run/token.",
                },
            };
            return Task.CompletedTask;
        });
        DocComments comments = new();
        options.AddOperationTransformer((operation, context, _) =>
        {
            Describe(operation, context.Description, comments);
            string? role = context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().LastOrDefault()?.Policy;
            if (role is not null)
            {
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
                operation.Description = $"{operation.Description} Needs the role {role}.".Trim();
            }
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            // Instants go through a converter of our own, which hides their shape from the generator.
            Type type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
            if (type == typeof(Microsoft.AspNetCore.Mvc.ProblemDetails))
            {
                schema.Properties ??= new Dictionary<string, IOpenApiSchema>();
                schema.Properties["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable, kebab-case." };
                schema.Properties["trace_id"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Finds the request in the log." };
            }
            if (type == typeof(DateTimeOffset))
            {
                schema.Type = context.JsonTypeInfo.Type == type ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
                schema.Format = "date-time";
            }
            return Task.CompletedTask;
        });
    });

    private static void Describe(OpenApiOperation operation, ApiDescriptionOfFramework endpoint, DocComments comments)
    {
        if (endpoint.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().FirstOrDefault() is { } handler)
            operation.Summary ??= comments.Summary(handler);
        foreach (ApiParameterDescription parameter in endpoint.ParameterDescriptions)
        {
            IOpenApiParameter? described = operation.Parameters?.FirstOrDefault(p => p.Name == parameter.Name);
            if (described is not null && parameter.ParameterDescriptor is IParameterInfoParameterDescriptor { ParameterInfo: { } info })
                described.Description ??= comments.Summary(info);
        }
    }

    public static void MapApiDescription(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "Penstock API";
            page.SwaggerEndpoint("/openapi/v1.json", "Penstock v1");
        });
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client;
using Penstock.Client.Configuration;
using Penstock.Ops.Security;
using Penstock.Server.Workspaces.Configuration;

namespace Penstock.Server.Startup;

internal static class ConfigEndpoint
{
    public static void MapConfig(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/config", List).WithTags("Health").RequireAuthorization(Policies.Viewer);

    /// <summary>Every setting this server runs with, and where each came from. Values under names of secrets are masked.</summary>
    internal static Ok<IEnumerable<ConfigValueView>> List(EffectiveConfiguration configuration) =>
        TypedResults.Ok(configuration.Values.Select(value => new ConfigValueView(
            value.Key, Json(value.Value), value.Unit, value.Origin, Json(value.Default), value.Summary)));

    private static JsonElement Json(object? value) =>
        JsonSerializer.SerializeToElement(value, value?.GetType() ?? typeof(object), PenstockJson.Options);
}

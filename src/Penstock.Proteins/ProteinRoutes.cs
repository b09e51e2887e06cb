using Microsoft.AspNetCore.Routing;
using Penstock.Proteins.Endpoints;

namespace Penstock.Proteins;

/// <summary>Maps the protein pipeline's endpoints.</summary>
public static class ProteinRoutes
{
    public static IEndpointRouteBuilder MapProteins(this IEndpointRouteBuilder routes)
    {
        routes.MapProteinCatalog();
        routes.MapOntologies();
        routes.MapAnnotationSets();
        routes.MapEvaluationSets();
        routes.MapEvaluationResults();
        routes.MapEmbeddings();
        routes.MapPredictionSets();
        routes.MapPredictionDownloads();
        routes.MapQuerySets();
        routes.MapAnnotate();
        return routes;
    }
}

using Penstock.Client.Proteins;
using Penstock.Console.Hosting;

namespace Penstock.Console.Proteins;

/// <summary>Chooses which terms a graph is drawn for, so that it stays readable.</summary>
internal static class TermGraphs
{
    /// <summary>More boxes asked for than this and a drawing helps nobody.</summary>
    public const int TermsMax = 8;
    public const int DepthMax = 6;
    private const int DepthDefault = 3;

    /// <param name="terms">In order of interest; null aspects are left out.</param>
    /// <returns>Null where no term has the aspect.</returns>
    public static async Task<TermGraph?> LoadAsync(
        ConsoleCall call, Guid snapshotId, IEnumerable<(string GoId, string? Aspect)> terms, CancellationToken cancellationToken)
    {
        (string GoId, string? Aspect)[] distinct = [.. terms.DistinctBy(term => term.GoId)];
        string? aspect = PageQuery.Word(call.Request, "aspect", "F", "P", "C")
            ?? Aspects.All.FirstOrDefault(letter => distinct.Any(term => term.Aspect == letter));
        int depth = PageQuery.Number(call.Request, "depth", DepthDefault, 1, DepthMax);
        string[] fitting = [.. distinct.Where(term => term.Aspect == aspect).Select(term => term.GoId)];
        if (aspect is null || distinct.Length == 0)
            return null;
        string[] drawn = [.. fitting.Take(TermsMax)];
        GoSubgraph graph = drawn.Length == 0
            ? new GoSubgraph([], [])
            : await new ProteinsClient(call.Api).SubgraphAsync(snapshotId, drawn, depth, cancellationToken);
        return new TermGraph(graph, aspect, depth, drawn.Length, fitting.Length);
    }
}

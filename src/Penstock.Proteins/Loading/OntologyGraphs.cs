using Penstock.Client.Proteins;
using Penstock.Engine.Storage;
using Penstock.Proteins.Input;
using Penstock.Proteins.Ontology;

namespace Penstock.Proteins.Loading;

/// <summary>Snapshots as graphs, read from their stored files; the last one used stays in memory.</summary>
internal sealed class OntologyGraphs(IArtifactStore artifacts) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private (string Sha256, OntologyGraph Graph)? _last;

    public async Task<OntologyGraph> GetAsync(OntologySnapshot snapshot, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && last.Sha256 == snapshot.OboSha256)
                return last.Graph;
            InputFile file = await FileAsync(snapshot, cancellationToken);
            OntologyGraph graph = OntologyGraph.Build(OboParser.Parse(file, cancellationToken));
            _last = (snapshot.OboSha256, graph);
            return graph;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The OBO file of a snapshot, as it was loaded.</summary>
    public Task<InputFile> FileAsync(OntologySnapshot snapshot, CancellationToken cancellationToken) =>
        artifacts.ReadFileAsync(snapshot.OboArtifact, cancellationToken);

    public void Dispose() => _turn.Dispose();
}

using Penstock.Proteins.Input;
using Penstock.Proteins.Ontology;
using Penstock.Testing;

namespace Penstock.Tests.Proteins.Ontology;

/// <summary>The full Gene Ontology of the shared data, read once for all tests that need it.</summary>
internal static class GeneOntologyFile
{
    private static readonly Lazy<OntologyGraph> Loaded = new(() => OntologyGraph.Build(
        OboParser.Parse(
            InputFile.AtPath(SharedData.PathOf("proteins", "ontology", "go-2022-07-01.obo.gz")), CancellationToken.None)));

    public static OntologyGraph Graph => Loaded.Value;
}

using System.Globalization;
using System.Text;
using Penstock.Proteins.Ontology;

namespace Penstock.Tests.Proteins.Ontology;

/// <summary>Ontologies of numbered terms, made from their edges.</summary>
internal static class SmallOntology
{
    public static string Id(int term) => "GO:" + term.ToString("D7", CultureInfo.InvariantCulture);

    public static OntologyGraph Build(int count, IEnumerable<(int Child, int Parent, RelationKind Kind)> edges) =>
        OntologyGraph.Build(OboParser.Parse(new StringReader(Obo(count, edges)), "small.obo", CancellationToken.None));

    /// <summary>OBO text; all terms are biological processes unless <paramref name="namespaceOf"/> says otherwise.</summary>
    public static string Obo(
        int count,
        IEnumerable<(int Child, int Parent, RelationKind Kind)> edges,
        Func<int, string>? namespaceOf = null,
        Func<int, string>? moreLines = null)
    {
        ILookup<int, (int Child, int Parent, RelationKind Kind)> byChild = edges.ToLookup(edge => edge.Child);
        StringBuilder text = new("data-version: small\n");
        for (int term = 0; term < count; term++)
        {
            string ns = namespaceOf?.Invoke(term) ?? "biological_process";
            text.Append($"\n[Term]\nid: {Id(term)}\nname: term {term}\nnamespace: {ns}\n").Append(moreLines?.Invoke(term));
            foreach ((_, int parent, RelationKind kind) in byChild[term])
                text.Append(kind == RelationKind.IsA ? "is_a" : $"relationship: {kind.Name()}")
                    .Append(kind == RelationKind.IsA ? ": " : " ").Append(Id(parent)).Append('\n');
        }
        return text.ToString();
    }
}

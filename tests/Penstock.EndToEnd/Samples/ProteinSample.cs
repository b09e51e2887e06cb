using System.Text;

namespace Penstock.EndToEnd.Samples;

/// <summary>A small made-up proteome: families of similar sequences, an ontology, annotations of the reference proteins.</summary>
/// <remarks>The same seed gives the same files. Members of a family share an ancestor, and with it their terms.</remarks>
internal sealed class ProteinSample
{
    public const string OboVersion = "releases/2026-01-01";

    private const string Residues = "ACDEFGHIKLMNPQRSTVWY";
    private const int TermsPerAspect = 20;
    private const int AncestorLength = 180;
    private const double MutationRate = 0.15;

    private static readonly (char Code, string Namespace, int Root)[] Aspects =
        [('P', "biological_process", 8150), ('F', "molecular_function", 3674), ('C', "cellular_component", 5575)];

    private readonly Random _random;
    private readonly string[] _ancestors;

    public ProteinSample(int seed, int families, int references, int queries)
    {
        _random = new Random(seed);
        _ancestors = [.. Enumerable.Range(0, families).Select(_ => new string(_random.GetItems<char>(Residues, AncestorLength)))];
        References = [.. Enumerable.Range(0, references).Select(i => (Accession: $"R{i:D5}", Family: i % families))];
        ReferenceFasta = Fasta(References.Select(r => ($"sp|{r.Accession}|REF{r.Accession[1..]}_TEST", r.Family)));
        QueryFasta = Fasta(Enumerable.Range(0, queries).Select(i => ($"Q{i:D5}", _random.Next(families))));
        Obo = MakeObo();
        Gaf = MakeGaf();
    }

    public IReadOnlyList<(string Accession, int Family)> References { get; }
    public string ReferenceFasta { get; }
    public string QueryFasta { get; }
    public string Obo { get; }
    public string Gaf { get; }

    private string Fasta(IEnumerable<(string Name, int Family)> proteins)
    {
        StringBuilder text = new();
        foreach ((string name, int family) in proteins)
            text.Append($">{name} Made-up protein OS=Testus exemplum OX=1 GN=g{family}\n{Mutated(_ancestors[family])}\n");
        return text.ToString();
    }

    private string Mutated(string ancestor) => new(
        [.. ancestor.Select(residue => _random.NextDouble() < MutationRate ? Residues[_random.Next(Residues.Length)] : residue)]);

    private static string MakeObo()
    {
        StringBuilder text = new($"format-version: 1.2\ndata-version: {OboVersion}\n");
        foreach ((char code, string name, int root) in Aspects)
        {
            text.Append($"\n[Term]\nid: GO:{root:D7}\nname: {name}\nnamespace: {name}\n");
            for (int i = 0; i < TermsPerAspect; i++)
            {
                int parent = i == 0 ? root : TermNumber(code, (i - 1) / 2);
                text.Append($"\n[Term]\nid: {TermId(code, i)}\nname: {name} {i}\nnamespace: {name}\nis_a: GO:{parent:D7}\n");
            }
        }
        return text.ToString();
    }

    private string MakeGaf()
    {
        StringBuilder text = new("!gaf-version: 2.2\n");
        foreach ((string accession, int family) in References)
        {
            foreach ((char code, _, _) in Aspects)
            {
                string qualifier = code switch { 'P' => "involved_in", 'F' => "enables", _ => "located_in" };
                // Besides the family's own term a random one: neighbours then differ in what they tell.
                foreach (int term in (int[])[family % TermsPerAspect, _random.Next(TermsPerAspect)])
                    text.Append(
                        $"UniProtKB\t{accession}\tg{family}\t{qualifier}\t{TermId(code, term)}\tPMID:1\tIDA\t\t{code}\t\t\tprotein\ttaxon:1\t20260101\tTest\t\t\n");
            }
        }
        return text.ToString();
    }

    private static string TermId(char aspect, int index) => $"GO:{TermNumber(aspect, index):D7}";

    private static int TermNumber(char aspect, int index) => (aspect switch { 'P' => 1, 'F' => 2, _ => 3 } * 1_000_000) + index;
}

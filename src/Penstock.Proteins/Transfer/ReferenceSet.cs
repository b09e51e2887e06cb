using System.Runtime.InteropServices;
using Penstock.Proteins.Annotations;
using Penstock.Proteins.Ontology;

namespace Penstock.Proteins.Transfer;

/// <summary>The proteins a search runs over and what can be transferred from each.</summary>
/// <remarks>Row i belongs to row i of the vectors searched. Several rows may be one protein (chunks of a long one).</remarks>
public sealed class ReferenceSet
{
    /// <summary>The aspects in the order they are processed; their index is their group in the search.</summary>
    public static IReadOnlyList<OntologyAspect> Aspects { get; } =
        [OntologyAspect.BiologicalProcess, OntologyAspect.MolecularFunction, OntologyAspect.CellularComponent];

    private readonly string[] _proteins;
    private readonly int[] _proteinOfRow;
    private readonly ReferenceAnnotation[][] _annotations;

    private ReferenceSet(string[] proteins, int[] proteinOfRow, ReferenceAnnotation[][] annotations)
    {
        _proteins = proteins;
        _proteinOfRow = proteinOfRow;
        _annotations = annotations;
        var rowsOf = new int[proteins.Length];
        var groups = new byte[proteinOfRow.Length];
        var hasAny = new byte[proteinOfRow.Length];
        for (int row = 0; row < proteinOfRow.Length; row++)
        {
            rowsOf[proteinOfRow[row]]++;
            foreach (ReferenceAnnotation annotation in annotations[proteinOfRow[row]])
            {
                hasAny[row] = 1;
                if (annotation.Aspect is { } aspect)
                    groups[row] |= (byte)(1 << GroupOf(aspect));
            }
        }
        (AspectsOfRow, IsAnnotated) = (groups, hasAny);
        RowsPerProteinMax = rowsOf.DefaultIfEmpty(0).Max();
    }

    public int RowCount => _proteinOfRow.Length;

    public int ProteinCount => _proteins.Length;

    /// <summary>Most rows one protein has; 1 unless long proteins were embedded in chunks.</summary>
    public int RowsPerProteinMax { get; }

    /// <summary>For each row a bit per aspect (in the order of <see cref="Aspects"/>) it can give terms of.</summary>
    public ReadOnlyMemory<byte> AspectsOfRow { get; }

    /// <summary>For each row 1 if it can give any term.</summary>
    public ReadOnlyMemory<byte> IsAnnotated { get; }

    /// <param name="accessionOfRow">The protein of each row.</param>
    /// <param name="annotations">In stored order. NOT annotations, and those of other proteins, are left out here.</param>
    public static ReferenceSet Create(
        IReadOnlyList<string> accessionOfRow, IEnumerable<(string Accession, ReferenceAnnotation Annotation)> annotations)
    {
        var proteinOf = new Dictionary<string, int>(StringComparer.Ordinal);
        var proteinOfRow = new int[accessionOfRow.Count];
        for (int row = 0; row < proteinOfRow.Length; row++)
        {
            ref int protein = ref CollectionsMarshal.GetValueRefOrAddDefault(proteinOf, accessionOfRow[row], out bool exists);
            if (!exists)
                protein = proteinOf.Count - 1;
            proteinOfRow[row] = protein;
        }
        var lists = new List<ReferenceAnnotation>[proteinOf.Count];
        foreach ((string accession, ReferenceAnnotation annotation) in annotations)
        {
            if (!EvidenceCodes.IsNegative(annotation.Qualifier) && proteinOf.TryGetValue(accession, out int protein))
                (lists[protein] ??= []).Add(annotation);
        }
        return new ReferenceSet(
            [.. proteinOf.Keys], proteinOfRow, [.. lists.Select(list => list is null ? [] : list.ToArray())]);
    }

    /// <summary>A number for the row's protein, the same for all its rows.</summary>
    public int ProteinOf(int row) => _proteinOfRow[row];

    public string Accession(int protein) => _proteins[protein];

    /// <summary>What the protein can give, in stored order.</summary>
    public ReadOnlySpan<ReferenceAnnotation> AnnotationsOf(int protein) => _annotations[protein];

    private static int GroupOf(OntologyAspect aspect) => aspect switch
    {
        OntologyAspect.BiologicalProcess => 0,
        OntologyAspect.MolecularFunction => 1,
        OntologyAspect.CellularComponent => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(aspect), aspect, "Not one of the three aspects."),
    };
}

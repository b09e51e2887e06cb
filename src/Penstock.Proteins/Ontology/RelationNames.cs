namespace Penstock.Proteins.Ontology;

/// <summary>Relation kinds by the names OBO files, tables and the API use.</summary>
public static class RelationNames
{
    private static readonly string[] Names =
    [
        "is_a", "part_of", "regulates", "negatively_regulates", "positively_regulates",
        "occurs_in", "capable_of", "capable_of_part_of",
    ];

    /// <summary>For example <c>part_of</c>.</summary>
    public static string Name(this RelationKind kind) => Names[(int)kind];

    /// <summary>The kind of a <c>relationship:</c> name; null for one that is not kept.</summary>
    public static RelationKind? Parse(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < Names.Length; i++)
        {
            if (name.SequenceEqual(Names[i]))
                return (RelationKind)i;
        }
        return null;
    }
}

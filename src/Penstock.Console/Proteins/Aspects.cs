namespace Penstock.Console.Proteins;

/// <summary>The three parts of the Gene Ontology, by the letters the API uses.</summary>
internal static class Aspects
{
    public static readonly IReadOnlyList<string> All = ["F", "P", "C"];

    public static string Name(string? aspect) => aspect switch
    {
        "F" => "Molecular function",
        "P" => "Biological process",
        "C" => "Cellular component",
        _ => "No aspect",
    };
}

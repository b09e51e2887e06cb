namespace Penstock.Console.Evaluations;

/// <summary>The settings and aspects of an evaluation, in the order and with the names that CAFA uses.</summary>
internal static class Settings
{
    public static readonly IReadOnlyList<string> All = ["NK", "LK", "PK"];
    public static readonly IReadOnlyList<string> Aspects = ["BPO", "MFO", "CCO"];

    public static string Name(string setting) => setting switch
    {
        "NK" => "No knowledge",
        "LK" => "Limited knowledge",
        "PK" => "Partial knowledge",
        _ => setting,
    };

    public static string AspectName(string aspect) => aspect switch
    {
        "BPO" => "Biological process",
        "MFO" => "Molecular function",
        "CCO" => "Cellular component",
        _ => aspect,
    };
}

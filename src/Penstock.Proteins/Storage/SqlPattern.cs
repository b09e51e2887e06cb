namespace Penstock.Proteins.Storage;

/// <summary>Texts for <c>like @pattern escape '\'</c>.</summary>
internal static class SqlPattern
{
    /// <summary>Matches texts that contain this one, whose own % and _ mean themselves.</summary>
    public static string Contains(string text) =>
        "%" + text.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_") + "%";
}

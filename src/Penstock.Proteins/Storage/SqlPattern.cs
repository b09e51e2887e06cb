namespace Penstock.Proteins.Storage;

/// <summary>Texts for <c>lower(column) like @pattern escape '\'</c>: by itself, like knows case on PostgreSQL and not on SQLite.</summary>
internal static class SqlPattern
{
    /// <summary>Matches texts in lower case that contain this one, whose own % and _ mean themselves.</summary>
    /// <remarks>Only a to z have a lower case here, as in <c>lower(...)</c> of both databases.</remarks>
    public static string Contains(string text) =>
        "%" + Lower(text).Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_") + "%";

    private static string Lower(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c));
}

using Penstock.Ops;

namespace Penstock.Proteins.Endpoints;

/// <summary>The bounds of a text to search for.</summary>
internal static class SearchText
{
    private const int LengthMax = 100;

    /// <returns>Null for a blank text.</returns>
    /// <exception cref="ParameterOutOfRangeException"/>
    public static string? Checked(string? search)
    {
        string? text = search?.Trim();
        if (text is { Length: > LengthMax })
            throw new ParameterOutOfRangeException("search", $"{text.Length} characters long", $"at most {LengthMax}");
        return string.IsNullOrEmpty(text) ? null : text;
    }
}

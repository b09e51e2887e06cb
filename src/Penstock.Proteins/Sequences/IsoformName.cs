namespace Penstock.Proteins.Sequences;

/// <summary>A UniProt accession taken apart: <c>P12345-2</c> is isoform 2 of the canonical <c>P12345</c>.</summary>
/// <param name="IsoformIndex">The number behind the last hyphen; null for the canonical record.</param>
public readonly record struct IsoformName(string CanonicalAccession, int? IsoformIndex)
{
    public bool IsCanonical => IsoformIndex is null;

    /// <summary>Splits at the last hyphen if only digits follow it; any other name is canonical as it stands.</summary>
    public static IsoformName Parse(string accession)
    {
        int hyphen = accession.LastIndexOf('-');
        if (hyphen < 0 || hyphen == accession.Length - 1)
            return new(accession, null);
        ReadOnlySpan<char> digits = accession.AsSpan(hyphen + 1);
        // A number beyond int is a name that happens to end in digits, not an isoform.
        return digits.ContainsAnyExceptInRange('0', '9') || !int.TryParse(digits, out int index)
            ? new(accession, null)
            : new(accession[..hyphen], index);
    }
}

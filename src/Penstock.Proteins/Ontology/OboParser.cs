using System.Text;
using Penstock.Proteins.Files;
using Penstock.Proteins.Input;

namespace Penstock.Proteins.Ontology;

/// <summary>Reads the GO terms of an OBO file, in one pass.</summary>
/// <remarks>
/// Kept: Term stanzas with a GO id, obsolete ones too, their alternative ids, is_a edges and the relationships of
/// <see cref="RelationKind"/> whose target is defined in the file. A repeated stanza replaces the earlier one, in its place.
/// </remarks>
public static class OboParser
{
    /// <summary>Reads a file or blob, compressed or not.</summary>
    /// <exception cref="OboException">Codes obo-unreadable, obo-version-missing, obo-no-terms.</exception>
    public static OntologyDocument Parse(InputFile file, CancellationToken cancellationToken)
    {
        try
        {
            using StreamReader reader = new(CompressedInput.Open(file.Open()), Encoding.UTF8);
            return Parse(reader, file.Name, cancellationToken);
        }
        catch (Exception cause) when (DamagedInput.Is(cause))
        {
            throw OboException.Unreadable(file.Name, cause);
        }
    }

    /// <summary>Reads text that is already decompressed.</summary>
    /// <param name="name">Names the input in errors.</param>
    /// <exception cref="OboException">Codes obo-version-missing, obo-no-terms.</exception>
    public static OntologyDocument Parse(TextReader reader, string name, CancellationToken cancellationToken)
    {
        OboStanzas stanzas = new();
        string? version = null;
        bool isTerm = false;
        while (reader.ReadLine() is { } raw)
        {
            ReadOnlySpan<char> line = raw.AsSpan().Trim();
            if (line.IsEmpty)
                continue;
            if (line[0] == '[')
            {
                cancellationToken.ThrowIfCancellationRequested();
                stanzas.Close();
                isTerm = line.SequenceEqual("[Term]");
            }
            else if (isTerm)
            {
                stanzas.Take(line);
            }
            else if (version is null && line.StartsWith("data-version:"))
            {
                version = line["data-version:".Length..].Trim().ToString();
            }
        }
        stanzas.Close();
        if (stanzas.Count == 0)
            throw OboException.NoTerms(name);
        if (string.IsNullOrEmpty(version))
            throw OboException.VersionMissing(name);
        return stanzas.ToDocument(version);
    }
}

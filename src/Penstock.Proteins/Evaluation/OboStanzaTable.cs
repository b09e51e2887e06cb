using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Penstock.Proteins.Input;

namespace Penstock.Proteins.Evaluation;

/// <summary>Collects stanzas line by line into flat arrays; a definition or synonym costs one look at its first bytes.</summary>
internal sealed class OboStanzaTable
{
    private const int ExpectedIds = 64 * 1024;

    private readonly List<int> _parents = new(ExpectedIds);
    private readonly List<int> _altIds = [];
    private int _key = -1;
    private int _namespace = -1;
    private bool _isObsolete;
    private int _firstParent;
    private int _firstAltId;

    public Utf8Keys Ids { get; } = new(ExpectedIds);

    public Utf8Keys NamespaceNames { get; } = new(16);

    public List<Stanza> Kept { get; } = new(ExpectedIds);

    // Numbers of namespaces are given when the first term is kept, as their order is part of the result.
    private readonly Utf8Keys _namespaceNamesSeen = new(16);

    /// <summary>A kept stanza; its parents and alternative ids lie in shared arrays.</summary>
    internal readonly record struct Stanza(
        int Key, int Namespace, int FirstParent, int ParentCount, int FirstAltId, int AltIdCount);

    public ReadOnlySpan<int> ParentsOf(Stanza stanza) =>
        CollectionsMarshal.AsSpan(_parents).Slice(stanza.FirstParent, stanza.ParentCount);

    public ReadOnlySpan<int> AltIdsOf(Stanza stanza) =>
        CollectionsMarshal.AsSpan(_altIds).Slice(stanza.FirstAltId, stanza.AltIdCount);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Take(ReadOnlySpan<byte> line)
    {
        if (line.Length < 4)
            return;
        if (line[0] <= (byte)' ')
            line = Utf8Tokens.Trim(line);
        // The key ends at the first ": ", and only these keys matter.
        switch (line.Length > 0 ? line[0] : 0)
        {
            case (byte)'i' when line.StartsWith("is_a: "u8):
                AddParent(line[6..]);
                break;
            case (byte)'i' when line.StartsWith("id: "u8):
                Close();
                _key = Ids.Add(Utf8Tokens.Trim(line[4..]));
                break;
            case (byte)'i' when line.StartsWith("is_obsolete: "u8):
                _isObsolete = true;
                break;
            case (byte)'n' when line.StartsWith("namespace: "u8):
                TakeNamespace(Utf8Tokens.Trim(line[11..]));
                break;
            case (byte)'a' when line.StartsWith("alt_id: "u8):
                _altIds.Add(Ids.Add(Utf8Tokens.Trim(line[8..])));
                break;
            case (byte)'r' when line.StartsWith("relationship: part_of "u8):
                AddParent(line["relationship: part_of ".Length..]);
                break;
        }
    }

    /// <summary>Ends the current stanza; keeps it if it is a live term of a namespace.</summary>
    public void Close()
    {
        if (_key >= 0 && !_isObsolete && _namespace >= 0)
        {
            Kept.Add(new(
                _key,
                NamespaceNames.Add(_namespaceNamesSeen.BytesOf(_namespace)),
                _firstParent,
                _parents.Count - _firstParent,
                _firstAltId,
                _altIds.Count - _firstAltId));
        }
        _key = _namespace = -1;
        _isObsolete = false;
        _firstParent = _parents.Count;
        _firstAltId = _altIds.Count;
    }

    private void TakeNamespace(ReadOnlySpan<byte> name)
    {
        if (!name.SequenceEqual("external"u8))
            _namespace = _namespaceNamesSeen.Add(name);
    }

    // The id ends at a blank or at the comment: "GO:0008150 {source="x"} ! biological_process".
    private void AddParent(ReadOnlySpan<byte> value)
    {
        int comment = value.IndexOf((byte)'!');
        ReadOnlySpan<byte> rest = comment < 0 ? value : value[..comment];
        ReadOnlySpan<byte> id = Utf8Tokens.Next(ref rest);
        if (!id.IsEmpty)
            _parents.Add(Ids.Add(id));
    }
}

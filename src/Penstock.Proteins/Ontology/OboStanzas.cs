namespace Penstock.Proteins.Ontology;

/// <summary>Collects term stanzas line by line; edges are checked at the end, when every term is known.</summary>
internal sealed class OboStanzas
{
    private readonly List<OntologyTerm> _terms = [];
    private readonly Dictionary<string, int> _indexOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _namespaces = new(StringComparer.Ordinal);

    private string? _id;
    private string? _name;
    private string? _namespace;
    private string? _definition;
    private bool _isObsolete;
    private readonly List<string> _altIds = [];
    private readonly List<string> _isA = [];
    private readonly List<OntologyRelationship> _relationships = [];

    private int _otherRelations;
    private int _repeatedEdges;
    private int _repeatedStanzas;
    private int _otherStanzas;

    public int Count => _terms.Count;

    /// <summary>Takes one trimmed line of a Term stanza.</summary>
    public void Take(ReadOnlySpan<char> line)
    {
        int colon = line.IndexOf(':');
        if (colon < 0)
            return;
        ReadOnlySpan<char> value = line[(colon + 1)..].Trim();
        switch (line[..colon])
        {
            case "id":
                _id = value.ToString();
                break;
            case "name":
                _name = value.ToString();
                break;
            case "namespace":
                _namespace = Intern(value);
                break;
            case "def":
                _definition = Quoted(value);
                break;
            case "alt_id":
                _altIds.Add(value.ToString());
                break;
            case "is_obsolete":
                _isObsolete |= line.SequenceEqual("is_obsolete: true");
                break;
            case "is_a":
                TakeIsA(value);
                break;
            case "relationship":
                TakeRelationship(value);
                break;
        }
    }

    /// <summary>Ends the current stanza, if one was begun.</summary>
    public void Close()
    {
        if (_id is not null && _id.StartsWith("GO:", StringComparison.Ordinal))
            Store(new(_id, _name, _namespace, _definition, _isObsolete, [.. _altIds], [.. _isA], [.. _relationships]));
        else if (_id is not null)
            _otherStanzas++;
        _id = _name = _namespace = _definition = null;
        _isObsolete = false;
        _altIds.Clear();
        _isA.Clear();
        _relationships.Clear();
    }

    public OntologyDocument ToDocument(string version)
    {
        Dictionary<RelationKind, int> counts = Enum.GetValues<RelationKind>().ToDictionary(kind => kind, _ => 0);
        int unknownTargets = 0;
        for (int i = 0; i < _terms.Count; i++)
        {
            OntologyTerm term = _terms[i];
            string[] isA = [.. term.IsA.Where(_indexOf.ContainsKey)];
            OntologyRelationship[] relationships =
                [.. term.Relationships.Where(relationship => _indexOf.ContainsKey(relationship.TargetId))];
            unknownTargets += term.IsA.Count - isA.Length + term.Relationships.Count - relationships.Length;
            counts[RelationKind.IsA] += isA.Length;
            foreach (OntologyRelationship relationship in relationships)
                counts[relationship.Kind]++;
            _terms[i] = term with { IsA = isA, Relationships = relationships };
        }
        OntologySkips skips = new(unknownTargets, _otherRelations, _repeatedEdges, _repeatedStanzas, _otherStanzas);
        return new(version, _terms, counts, skips);
    }

    private void Store(OntologyTerm term)
    {
        if (_indexOf.TryAdd(term.Id, _terms.Count))
        {
            _terms.Add(term);
            return;
        }
        _repeatedStanzas++;
        _terms[_indexOf[term.Id]] = term;
    }

    private void TakeIsA(ReadOnlySpan<char> value)
    {
        string target = BeforeComment(value).ToString();
        if (!target.StartsWith("GO:", StringComparison.Ordinal))
            _otherRelations++;
        else if (_isA.Contains(target))
            _repeatedEdges++;
        else
            _isA.Add(target);
    }

    private void TakeRelationship(ReadOnlySpan<char> value)
    {
        ReadOnlySpan<char> text = BeforeComment(value);
        int space = text.IndexOf(' ');
        RelationKind? kind = space < 0 ? null : RelationNames.Parse(text[..space]);
        ReadOnlySpan<char> target = space < 0 ? [] : text[(space + 1)..].Trim();
        if (kind is null or RelationKind.IsA || !target.StartsWith("GO:"))
        {
            _otherRelations++;
            return;
        }
        OntologyRelationship relationship = new(kind.Value, target.ToString());
        if (_relationships.Contains(relationship))
            _repeatedEdges++;
        else
            _relationships.Add(relationship);
    }

    // "GO:1 {source="x"} ! name": the id ends at the first blank, trailing modifiers and the comment go.
    private static ReadOnlySpan<char> BeforeComment(ReadOnlySpan<char> value)
    {
        int end = value.IndexOfAny('!', '{');
        return (end < 0 ? value : value[..end]).Trim();
    }

    private static string? Quoted(ReadOnlySpan<char> value)
    {
        int first = value.IndexOf('"');
        int length = first < 0 ? -1 : value[(first + 1)..].IndexOf('"');
        return length < 0 ? null : value.Slice(first + 1, length).ToString();
    }

    private string Intern(ReadOnlySpan<char> value)
    {
        var lookup = _namespaces.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(value, out string? text))
        {
            text = value.ToString();
            _namespaces.Add(text, text);
        }
        return text;
    }
}

using System.Runtime.CompilerServices;
using System.Text;
using Penstock.Proteins.Files;
using Penstock.Proteins.Input;

namespace Penstock.Proteins.Evaluation;

/// <summary>What the evaluator needs of an OBO file: ids, namespaces, alternative ids and propagating parents.</summary>
/// <remarks>
/// Reads bytes and keeps the reference program's rules, which differ from <see cref="Ontology.OboParser"/>: any id and any
/// namespace but "external", whatever the stanza; obsolete terms dropped; parents in another namespace ignored; a repeated id
/// replaces the earlier stanza in its place.
/// </remarks>
internal sealed class EvaluationOntology
{
    private EvaluationOntology(Utf8Keys ids, IReadOnlyList<EvaluationNamespace> namespaces, int[][] termOf, List<AltId> altIds)
    {
        Ids = ids;
        Namespaces = namespaces;
        TermOf = termOf;
        AltIds = altIds;
    }

    /// <summary>Numbers for all ids of the file: of terms, alternatives and parents.</summary>
    public Utf8Keys Ids { get; }

    /// <summary>In order of first appearance.</summary>
    public IReadOnlyList<EvaluationNamespace> Namespaces { get; }

    /// <summary>For each namespace and id number the term, or -1.</summary>
    public int[][] TermOf { get; }

    public List<AltId> AltIds { get; }

    /// <summary>An alternative id (by its number) of a term in a namespace (by its position).</summary>
    public readonly record struct AltId(int Key, int Namespace, int Term);

    public static EvaluationOntology Read(InputFile file)
    {
        OboStanzaTable stanzas = new();
        try
        {
            using Utf8LineReader lines = new(CompressedInput.Open(file.Open()));
            while (lines.TryRead(out ReadOnlySpan<byte> line))
                stanzas.Take(line);
        }
        catch (Exception cause) when (DamagedInput.Is(cause))
        {
            throw EvaluationException.OntologyUnreadable(file.Name, cause);
        }
        stanzas.Close();
        if (stanzas.NamespaceNames.Count == 0)
            throw EvaluationException.OntologyEmpty(file.Name);
        return Build(stanzas, file.Name);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static EvaluationOntology Build(OboStanzaTable stanzas, string fileName)
    {
        int namespaceCount = stanzas.NamespaceNames.Count;
        int[][] termOf = new int[namespaceCount][];
        List<int>[] stanzaOf = new List<int>[namespaceCount];
        for (int ns = 0; ns < namespaceCount; ns++)
        {
            termOf[ns] = new int[stanzas.Ids.Count];
            termOf[ns].AsSpan().Fill(-1);
            stanzaOf[ns] = [];
        }
        for (int stanza = 0; stanza < stanzas.Kept.Count; stanza++)
        {
            (int key, int ns) = (stanzas.Kept[stanza].Key, stanzas.Kept[stanza].Namespace);
            if (termOf[ns][key] >= 0)
            {
                stanzaOf[ns][termOf[ns][key]] = stanza;
                continue;
            }
            termOf[ns][key] = stanzaOf[ns].Count;
            stanzaOf[ns].Add(stanza);
        }

        List<AltId> altIds = [];
        EvaluationNamespace[] namespaces = new EvaluationNamespace[namespaceCount];
        for (int ns = 0; ns < namespaceCount; ns++)
        {
            namespaces[ns] = BuildNamespace(stanzas, ns, stanzaOf[ns], termOf[ns], altIds);
            if (namespaces[ns].FirstInCycle is >= 0 and int term)
                throw EvaluationException.Cycle(
                    fileName, namespaces[ns].Name, stanzas.Ids.TextOf(namespaces[ns].Keys[term]));
        }
        return new(stanzas.Ids, namespaces, termOf, altIds);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static EvaluationNamespace BuildNamespace(
        OboStanzaTable stanzas, int ns, List<int> stanzaOf, int[] termOf, List<AltId> altIds)
    {
        int[] keys = new int[stanzaOf.Count];
        int[] start = new int[stanzaOf.Count + 1];
        List<int> parents = new(stanzaOf.Count * 2);
        for (int term = 0; term < stanzaOf.Count; term++)
        {
            OboStanzaTable.Stanza stanza = stanzas.Kept[stanzaOf[term]];
            keys[term] = stanza.Key;
            foreach (int key in stanzas.ParentsOf(stanza))
            {
                if (termOf[key] >= 0)
                    parents.Add(termOf[key]);
            }
            start[term + 1] = parents.Count;
            foreach (int key in stanzas.AltIdsOf(stanza))
                altIds.Add(new(key, ns, term));
        }
        return new(Encoding.UTF8.GetString(stanzas.NamespaceNames.BytesOf(ns)), keys, new(start, [.. parents]));
    }
}

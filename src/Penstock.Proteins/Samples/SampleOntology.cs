namespace Penstock.Proteins.Samples;

/// <summary>Three aspects of 50 terms each, grown from a root by is_a and part_of.</summary>
internal sealed class SampleOntology
{
    private const int TermsPerAspect = 50;
    private const int FirstId = 9_000_000;

    private static readonly (string Namespace, char Letter, string Word)[] Aspects =
    [
        ("biological_process", 'P', "process"), ("molecular_function", 'F', "activity"), ("cellular_component", 'C', "site"),
    ];

    private readonly List<SampleTerm> _terms = [];

    public IReadOnlyList<SampleTerm> Terms => _terms;

    public static SampleOntology Grow(Random random)
    {
        SampleOntology ontology = new();
        for (int aspect = 0; aspect < Aspects.Length; aspect++)
            ontology.GrowAspect(random, aspect);
        return ontology;
    }

    /// <summary>Terms of an aspect that have no children: the most exact things one can say.</summary>
    public IReadOnlyList<SampleTerm> Leaves(char letter)
    {
        HashSet<string> parents = [.. _terms.SelectMany(term => term.Parents.Select(parent => parent.Id))];
        return [.. _terms.Where(term => term.Letter == letter && !parents.Contains(term.Id))];
    }

    public void WriteObo(TextWriter writer)
    {
        writer.Write("format-version: 1.2\ndata-version: releases/penstock-sample-1\nontology: go\n");
        foreach (SampleTerm term in _terms)
        {
            writer.Write($"\n[Term]\nid: {term.Id}\nname: {term.Name}\nnamespace: {term.Namespace}\n");
            writer.Write($"def: \"A made-up {term.Name}.\" [PENSTOCK:sample]\n");
            foreach ((string kind, string id) in term.Parents)
                writer.Write(kind == "is_a" ? $"is_a: {id}\n" : $"relationship: {kind} {id}\n");
        }
        writer.Write("\n[Term]\nid: GO:9009999\nname: withdrawn process\nnamespace: biological_process\nis_obsolete: true\n");
        writer.Write("\n[Typedef]\nid: part_of\nname: part of\n");
    }

    private void GrowAspect(Random random, int aspect)
    {
        (string name, char letter, string word) = Aspects[aspect];
        List<SampleTerm> grown = [];
        for (int i = 0; i < TermsPerAspect; i++)
        {
            string id = $"GO:{FirstId + aspect * 1_000 + i:D7}";
            List<(string, string)> parents = [];
            if (i > 0)
            {
                // From the earlier third more often, so that the tree gets some depth and some width.
                SampleTerm first = grown[random.Next(random.Next(grown.Count) + 1)];
                parents.Add(("is_a", first.Id));
                SampleTerm second = grown[random.Next(grown.Count)];
                if (second != first && random.NextDouble() < 0.25)
                    parents.Add((random.NextDouble() < 0.5 ? "is_a" : "part_of", second.Id));
            }
            grown.Add(new SampleTerm(id, i == 0 ? name : $"{word} {i}", name, letter, parents));
        }
        _terms.AddRange(grown);
    }
}

/// <param name="Parents">Kind of relation and id.</param>
internal sealed record SampleTerm(string Id, string Name, string Namespace, char Letter, IReadOnlyList<(string Kind, string Id)> Parents);

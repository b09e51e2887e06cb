namespace Penstock.Proteins.Samples;

/// <summary>Families of proteins, each grown from one ancestor by mutation, with the functions its members share.</summary>
internal sealed class SampleFamilies
{
    private const int FamilyCount = 24;
    private const int MembersPerFamily = 14;

    /// <summary>Members of every other family that nobody has sequenced yet: the queries.</summary>
    private const int UnseenPerFamily = 2;

    private const string Residues = "ACDEFGHIKLMNPQRSTVWY";

    private readonly List<SampleProtein> _proteins = [];
    private readonly List<SampleProtein> _unseen = [];

    public IReadOnlyList<SampleProtein> Proteins => _proteins;
    public IReadOnlyList<SampleProtein> Unseen => _unseen;

    public static SampleFamilies Grow(Random random, SampleOntology ontology)
    {
        SampleFamilies families = new();
        for (int family = 0; family < FamilyCount; family++)
            families.GrowFamily(random, ontology, family);
        return families;
    }

    private void GrowFamily(Random random, SampleOntology ontology, int family)
    {
        List<SampleTerm> functions = [.. "PFC".SelectMany(letter => Pick(random, ontology.Leaves(letter), 2 + random.Next(2)))];
        List<string> grown = [RandomSequence(random, 120 + random.Next(300))];
        int members = MembersPerFamily + (family % 2 == 0 ? UnseenPerFamily : 0);
        for (int member = 0; member < members; member++)
        {
            grown.Add(Mutate(random, grown[random.Next(grown.Count)]));
            bool isSeen = member < MembersPerFamily;
            List<SampleProtein> target = isSeen ? _proteins : _unseen;
            // A few members have lost a function of the family.
            target.Add(new SampleProtein(
                $"{(isSeen ? 'S' : 'U')}{target.Count + 1:D5}", family + 1, grown[^1], [.. functions.Where(_ => random.NextDouble() < 0.9)]));
        }
    }

    private static string RandomSequence(Random random, int length) =>
        "M" + string.Concat(Enumerable.Range(1, length - 1).Select(_ => Residues[random.Next(Residues.Length)]));

    /// <summary>2 to 10 % of the residues change; now and then a piece is lost or inserted.</summary>
    private static string Mutate(Random random, string sequence)
    {
        char[] residues = sequence.ToCharArray();
        double rate = 0.02 + 0.08 * random.NextDouble();
        for (int i = 1; i < residues.Length; i++)
        {
            if (random.NextDouble() < rate)
                residues[i] = Residues[random.Next(Residues.Length)];
        }
        string mutated = new(residues);
        int at = 1 + random.Next(mutated.Length - 20);
        return random.Next(6) switch
        {
            0 => mutated.Remove(at, 1 + random.Next(8)),
            1 => mutated.Insert(at, RandomSequence(random, 2 + random.Next(8))[1..]),
            _ => mutated,
        };
    }

    private static IEnumerable<SampleTerm> Pick(Random random, IReadOnlyList<SampleTerm> terms, int count)
    {
        SampleTerm[] shuffled = [.. terms];
        random.Shuffle(shuffled);
        return shuffled.Take(count);
    }
}

/// <param name="Functions">What it does in truth, whether anybody knows it or not.</param>
internal sealed record SampleProtein(string Accession, int Family, string Residues, IReadOnlyList<SampleTerm> Functions);

namespace Penstock.Proteins.Samples;

/// <summary>What was known of the sample's proteins at two dates.</summary>
internal sealed class SampleAnnotations
{
    private static readonly string[] Experimental = ["IDA", "IMP", "IPI", "EXP"];
    private static readonly string[] Inferred = ["IEA", "ISS", "IBA"];

    private readonly List<SampleAnnotation> _older = [];
    private readonly List<SampleAnnotation> _newer = [];

    public IReadOnlyList<SampleAnnotation> Older => _older;

    /// <summary>All of <see cref="Older"/> and more.</summary>
    public IReadOnlyList<SampleAnnotation> Newer => _newer;

    public static SampleAnnotations Make(Random random, SampleFamilies families)
    {
        SampleAnnotations annotations = new();
        foreach (SampleProtein protein in families.Proteins)
            annotations.Describe(random, protein);
        return annotations;
    }

    private void Describe(Random random, SampleProtein protein)
    {
        // A quarter had nothing by experiment before (NK), a quarter was known in one aspect (LK), a quarter in part (PK),
        // a quarter completely.
        int knowledge = random.Next(4);
        char onlyAspect = "PFC"[random.Next(3)];
        foreach (SampleTerm term in protein.Functions)
        {
            bool wasKnown = knowledge switch
            {
                0 => false,
                1 => term.Letter == onlyAspect,
                2 => random.NextDouble() < 0.5,
                _ => true,
            };
            SampleAnnotation proven = new(protein, term, Experimental[random.Next(Experimental.Length)], IsNegated: false);
            SampleAnnotation guessed = new(protein, term, Inferred[random.Next(Inferred.Length)], IsNegated: false);
            bool wasGuessed = random.NextDouble() < 0.3;
            if (wasKnown)
                _older.Add(proven);
            if (wasGuessed)
                _older.Add(guessed);
            if (wasKnown || random.NextDouble() < 0.8)
                _newer.Add(proven);
            if (wasGuessed)
                _newer.Add(guessed);
        }
        if (protein.Functions.Count > 0 && random.NextDouble() < 0.03)
            _newer.Add(new SampleAnnotation(protein, protein.Functions[0], "IMP", IsNegated: true));
    }
}

/// <param name="IsNegated">It was shown that the protein does not do this.</param>
internal sealed record SampleAnnotation(SampleProtein Protein, SampleTerm Term, string EvidenceCode, bool IsNegated);

using System.Globalization;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Files;
using Penstock.Proteins.Input;
using Penstock.Testing;
using Penstock.Tests.Proteins.Ontology;
using Xunit;

namespace Penstock.Tests.Proteins.Evaluation;

/// <summary>Information accretion of a real corpus, against the reference program.</summary>
public sealed class InformationAccretionParityTests
{
    [Fact]
    public void Every_term_equals_the_reference_program()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        IEnumerable<ProteinTerm> corpus = Lines("annotations.tsv.gz").Skip(1).Select(line => new ProteinTerm(line[0], line[1]));
        InformationAccretion accretion = InformationAccretion.Compute(
            GeneOntologyFile.Graph, corpus, TestContext.Current.CancellationToken);

        Dictionary<string, double> expected = Lines("expected_IA.tsv.gz")
            .ToDictionary(line => line[0], line => double.Parse(line[1], CultureInfo.InvariantCulture));
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), accretion.Values.Keys.Order(StringComparer.Ordinal));
        foreach ((string id, double value) in expected)
        {
            double actual = accretion.Values[id];
            Assert.True(Math.Abs(value - actual) <= 1e-9 * Math.Abs(value), $"{id}: expected {value:R}, got {actual:R}");
        }
        Assert.Equal(expected.Count, accretion.Stats.TermCount);
        Assert.Equal(expected.Values.Count(value => value > 0), accretion.Stats.NonZeroCount);
    }

    private static IEnumerable<string[]> Lines(string name)
    {
        using StreamReader reader = new(CompressedInput.Open(File.OpenRead(SharedData.PathOf("proteins", "ia", name))));
        while (reader.ReadLine() is { } line)
            yield return line.Split('\t');
    }
}

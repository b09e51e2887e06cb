using System.Text.Json;
using Penstock.Proteins.Neighbours;
using Penstock.Proteins.Transfer;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Proteins.Transfer;

/// <summary>Against every prediction PROTEA 0.3 made for 220 real proteins.</summary>
public class TransferGoldenTests
{
    private const double Tolerance = 1e-5;

    [Fact]
    public async Task The_compatible_accounting_reproduces_the_recorded_predictions()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        EndToEndData data = await EndToEndData.LoadAsync();
        var expected = (await EndToEndData.ExpectedAsync()).ToDictionary(entry => Key(entry.Row), entry => entry.Row);
        HashSet<string> nearTies = await NearTiesAsync();

        IReadOnlyList<PredictionRow> found = Predict(data, new TransferOptions(5, Accounting: TransferAccounting.ProteaCompat));
        Assert.Equal(expected.Keys.Order(), found.Select(Key).Order());
        foreach (PredictionRow row in found)
        {
            PredictionRow recorded = expected[Key(row)];
            Assert.Equal(recorded.Distance, row.Distance, Tolerance);
            Assert.Equal(recorded.NeighborDistanceStd!.Value, row.NeighborDistanceStd!.Value, Tolerance);
            Assert.Equal((recorded.Aspect, recorded.VoteCount, recorded.GoTermFrequency), (row.Aspect, row.VoteCount, row.GoTermFrequency));
            if (nearTies.Contains(row.ProteinAccession))
                continue;
            Assert.Equal(
                (recorded.RefProteinAccession, recorded.Qualifier, recorded.EvidenceCode, recorded.KPosition, recorded.RefAnnotationDensity),
                (row.RefProteinAccession, row.Qualifier, row.EvidenceCode, row.KPosition, row.RefAnnotationDensity));
        }
    }

    [Fact]
    public async Task Our_accounting_predicts_the_same_terms_whatever_the_batches()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        EndToEndData data = await EndToEndData.LoadAsync();
        var options = new TransferOptions(5);
        IReadOnlyList<PredictionRow> whole = Predict(data, options);
        Assert.Equal((await EndToEndData.ExpectedAsync()).Select(entry => Key(entry.Row)).Order(), whole.Select(Key).Order());

        var transfer = new GoTransfer(new ExactKnn(data.Vectors, data.Dimension, DistanceMetric.Cosine), data.References, options);
        var single = new List<PredictionRow>();
        for (int query = 0; query < data.Queries.Length; query++)
            single.AddRange(transfer.Predict([data.Queries[query]], data.QueryVectors.AsMemory(query * data.Dimension, data.Dimension), default));
        Assert.Equal(whole, single);
    }

    [Fact]
    public async Task Without_itself_no_query_is_its_own_reference()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        EndToEndData data = await EndToEndData.LoadAsync();
        IReadOnlyList<PredictionRow> with = Predict(data, new TransferOptions(5));
        IReadOnlyList<PredictionRow> without = Predict(data, new TransferOptions(5, ExcludeSelf: true));
        Assert.Contains(with, row => row.RefProteinAccession == row.ProteinAccession);
        Assert.DoesNotContain(without, row => row.RefProteinAccession == row.ProteinAccession);
        Assert.Equal(5, without.Max(row => row.KPosition));
    }

    private static IReadOnlyList<PredictionRow> Predict(EndToEndData data, TransferOptions options) =>
        new GoTransfer(new ExactKnn(data.Vectors, data.Dimension, DistanceMetric.Cosine), data.References, options)
            .Predict(data.Queries, data.QueryVectors, default);

    private static (string, string) Key(PredictionRow row) => (row.ProteinAccession, row.GoId);

    private static async Task<HashSet<string>> NearTiesAsync()
    {
        using JsonDocument parameters = JsonDocument.Parse(await File.ReadAllTextAsync(SharedData.PathOf("proteins", "e2e", "params.json")));
        return [.. parameters.RootElement.GetProperty("queries_with_near_ties").EnumerateArray().Select(item => item.GetString()!)];
    }
}

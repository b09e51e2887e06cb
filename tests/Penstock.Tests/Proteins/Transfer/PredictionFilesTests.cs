using Penstock.Proteins.Ontology;
using Penstock.Proteins.Transfer;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Proteins.Transfer;

public class PredictionFilesTests
{
    private static readonly PredictionRow Bare = new()
    {
        ProteinAccession = "Q1",
        GoId = "GO:0000001",
        Distance = 0.21147751808166504,
        RefProteinAccession = "P1",
        Qualifier = "enables",
        EvidenceCode = "IDA",
    };

    [Fact]
    public async Task A_full_row_has_every_column_with_six_digits_and_the_distance_in_full()
    {
        PredictionRow row = Bare with
        {
            GoName = "a name\twith a tab",
            Aspect = OntologyAspect.BiologicalProcess,
            GlobalAlignment = new(0.06567796610169492, 0.10098870056497175, -989, 0.8411016949152542, 1416),
            LocalAlignment = new(0.5, 1, 1234567, 0, 109),
            LengthQuery = 225,
            LengthRef = 1416,
            Taxonomy = new(1234567, 9606, 314146, 19, 22, "close"),
            VoteCount = 1,
            KPosition = 2,
            GoTermFrequency = 14,
            RefAnnotationDensity = 3,
            NeighborDistanceStd = 0.05510543038894582,
        };
        using var writer = new StringWriter();
        await PredictionTsv.WriteAsync(writer, [row], default);
        string[] lines = writer.ToString().Split('\n');
        Assert.Equal(
            "Q1\tGO:0000001\ta name with a tab\tP\t0.21147751808166504\tP1\tenables\tIDA\t0.065678\t0.100989\t-989\t0.841102\t1416\t" +
            "0.5\t1\t1.23457e+06\t0\t109\t225\t1416\t1234567\t9606\t314146\t19\t22\tclose\t1\t2\t14\t3\t0.0551054",
            lines[1]);
        Assert.Equal("", lines[2]);
        Assert.Equal(lines[0].Split('\t').Length, lines[1].Split('\t').Length);
        Assert.Equal(31, lines[0].Split('\t').Length);
    }

    [Fact]
    public void What_was_not_computed_is_an_empty_cell()
    {
        string[] cells = PredictionTsv.Line(Bare).Split('\t');
        Assert.Equal(31, cells.Length);
        Assert.Equal(["Q1", "GO:0000001", "0.21147751808166504", "P1", "enables", "IDA"], cells.Where(cell => cell.Length > 0));
    }

    [Fact]
    public void Rows_are_ordered_by_protein_then_distance_then_term()
    {
        PredictionRow[] rows = [Bare with { ProteinAccession = "b" }, Bare with { Distance = 0.5 }, Bare with { GoId = "GO:2" }, Bare with { ProteinAccession = "B" }, Bare];
        Array.Sort(rows, PredictionTsv.Order);
        Assert.Equal(
            [("B", "GO:0000001", 0.21147751808166504), ("Q1", "GO:0000001", 0.21147751808166504), ("Q1", "GO:2", 0.21147751808166504), ("Q1", "GO:0000001", 0.5), ("b", "GO:0000001", 0.21147751808166504)],
            rows.Select(row => (row.ProteinAccession, row.GoId, row.Distance)));
    }

    [Fact]
    public async Task The_evaluators_file_has_the_best_score_of_each_pair_sorted()
    {
        PredictionRow[] rows =
        [
            Bare with { GoId = "GO:2", Distance = 0.5 },
            Bare with { GoId = "GO:2", Distance = 0.3 },
            Bare with { GoId = "GO:10", Distance = 3 },
            Bare with { ProteinAccession = "A", Distance = 0.0625 },
        ];
        using var writer = new StringWriter();
        await CafaTsv.WriteAsync(writer, rows, CafaTsv.ScoreOf, default);
        // 0.96875 lies half-way between two numbers of four places; C rounds to the even one.
        Assert.Equal("A\tGO:0000001\t0.9688\nQ1\tGO:10\t0.0000\nQ1\tGO:2\t0.8500\n", writer.ToString());
    }

    [Fact]
    public async Task The_recorded_cells_are_written_again_up_to_their_six_digits()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        string[] ours = PredictionTsv.Header.Split('\t');
        foreach ((PredictionRow row, _, string[] recorded) in (await EndToEndData.ExpectedAsync()).Take(2_000))
        {
            string[] cells = PredictionTsv.Line(row).Split('\t');
            // The recording has no name column.
            string[] withoutName = [.. cells.Where((_, i) => ours[i] != "go_name")];
            for (int i = 0; i < withoutName.Length; i++)
            {
                if (double.TryParse(recorded[i], out double number))
                    Assert.Equal(number, double.Parse(withoutName[i]), Math.Abs(number) * 5.1e-6);
                else
                    Assert.Equal(recorded[i], withoutName[i]);
            }
        }
    }
}

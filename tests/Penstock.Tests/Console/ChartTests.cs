using Penstock.Client.Proteins;
using Penstock.Console.Charts;
using Penstock.Console.Evaluations;
using Penstock.Console.Overview;
using Xunit;

namespace Penstock.Tests.Console;

public sealed class ChartTests
{
    private static readonly DateTimeOffset Now = ConsoleUnderTest.StoppedClock.Noon;

    [Fact]
    public void A_scale_maps_its_ends_to_the_pixels_given_and_keeps_strays_inside()
    {
        LinearScale up = new(0, 1, 200, 10);
        Assert.Equal([200, 105, 10, 10, 200, 200], new[] { 0, 0.5, 1, 7, -3, double.NaN }.Select(up.Pixel));
        Assert.Equal(5, new LinearScale(3, 3, 5, 50).Pixel(3));
    }

    [Theory]
    [InlineData(0, 1, 5, new[] { 0, 0.2, 0.4, 0.6, 0.8, 1 })]
    [InlineData(0, 7, 4, new double[] { 0, 2, 4, 6 })]
    [InlineData(13, 987, 5, new double[] { 200, 400, 600, 800 })]
    [InlineData(0.0004, 0.0031, 3, new[] { 0.001, 0.002, 0.003 })]
    [InlineData(4, 4, 5, new double[] { 4 })]
    public void Ticks_are_round_numbers_inside_the_range(double from, double to, int wanted, double[] expected) =>
        Assert.Equal(expected, new LinearScale(from, to, 0, 100).Ticks(wanted));

    [Fact]
    public void Points_on_a_line_of_equal_F_have_that_F()
    {
        foreach (double f in PrecisionRecallPlot.IsoValues)
        {
            (double X, double Y)[] line = [.. PrecisionRecallPlot.Iso(f)];
            Assert.Equal(PrecisionRecallPlot.Y.Pixel(1), line[0].Y, 0.01);
            Assert.Equal(PrecisionRecallPlot.X.Pixel(1), line[^1].X, 0.01);
            foreach ((double x, double y) in line)
            {
                double recall = (x - 38) / 280;
                double precision = (258 - y) / 248;
                Assert.Equal(f, 2 * precision * recall / (precision + recall), 0.0001);
            }
        }
    }

    [Fact]
    public void A_curve_leaves_out_thresholds_without_predictions_and_marks_the_lowest_threshold_of_the_best_F()
    {
        EvaluationCurve curve = new("NK", "BPO",
        [
            Point(0.1, 0.3, 0.8, 0.43), Point(0.2, 0.5, 0.5, 0.5), Point(0.3, 0.5, 0.5, 0.5), Point(0.4, 0, 0, 0, coverage: 0),
        ]);
        IReadOnlyList<PrecisionRecallCurve> curves = EvaluationCurves.Of([curve], "NK", weighted: false);
        Assert.Equal(["BPO", "MFO", "CCO"], curves.Select(found => found.Name));
        Assert.Equal([0.1, 0.2, 0.3], curves[0].Points.Select(point => point.Tau));
        Assert.Equal(0.2, curves[0].Best!.Tau);
        Assert.Null(curves[1].Best);
    }

    [Fact]
    public void The_weighted_curve_shows_the_weighted_measures()
    {
        EvaluationCurve curve = ProteinSamples.Curve("LK", "MFO", 0.6);
        PrecisionRecallCurve weighted = EvaluationCurves.Of([curve], "LK", weighted: true)[1];
        Assert.Equal(curve.Points[9].PrecisionW, weighted.Points[9].Precision);
        Assert.Equal(curve.Points.Where(point => point.CoverageW > 0).Max(point => point.FW), weighted.Best!.F);
    }

    [Fact]
    public void The_last_hour_counts_each_finished_job_in_the_bar_of_its_end()
    {
        FinishedHistory history = FinishedHistory.Of(
            [
                Samples.Job(1, Now, status: "succeeded") with { FinishedAt = Now },
                Samples.Job(2, Now, status: "failed") with { FinishedAt = Now.AddMinutes(-3) },
                Samples.Job(3, Now, status: "succeeded") with { FinishedAt = Now.AddMinutes(-61) },
                Samples.Job(4, Now, status: "cancelled") with { FinishedAt = Now.AddMinutes(-1) },
                Samples.Job(5, Now),
            ], listed: 200, Now);
        Assert.Equal((1, 1, true), (history.Succeeded, history.Failed, history.IsWhole));
        Assert.Equal(1, history.Buckets[^1].Succeeded);
        Assert.Equal(1, history.Buckets[^3].Failed);
        Assert.Equal(FinishedHistory.BucketCount, history.Buckets.Count);
    }

    [Fact]
    public void A_history_says_when_the_listing_does_not_reach_back_an_hour() =>
        Assert.False(FinishedHistory.Of([Samples.Job(1, Now, status: "succeeded")], listed: 1, Now).IsWhole);

    private static CurvePoint Point(double tau, double precision, double recall, double f, double coverage = 1) =>
        new(tau, precision, recall, f, 3, coverage, null, null, null, null, null);
}

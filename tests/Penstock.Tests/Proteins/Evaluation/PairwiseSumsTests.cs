using Penstock.Proteins.Evaluation;
using Xunit;

namespace Penstock.Tests.Proteins.Evaluation;

public sealed class PairwiseSumsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(300)]
    [InlineData(1_000)]
    [InlineData(5_003)]
    public void Rows_are_added_in_the_order_of_NumPy_bit_for_bit(int rows)
    {
        Random random = new(rows);
        double[] values = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble() * Math.Pow(10, random.Next(-8, 8)))];
        PairwiseSums sums = new(rows, thresholdCount: 1);
        foreach (double value in values)
            sums.Next().Pr[0] += value;
        Assert.Equal(NumPySum(values), sums.Total().Pr[0]);
    }

    // The algorithm of NumPy's pairwise sum, as its documentation describes it, over an array.
    private static double NumPySum(ReadOnlySpan<double> values)
    {
        if (values.Length > 128)
        {
            int half = values.Length / 2;
            half -= half % 8;
            return NumPySum(values[..half]) + NumPySum(values[half..]);
        }
        int inLanes = values.Length / 8 * 8;
        double[] lanes = new double[8];
        for (int i = 0; i < inLanes; i++)
            lanes[i % 8] += values[i];
        double sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
        foreach (double value in values[inLanes..])
            sum += value;
        return sum;
    }
}

using System.Globalization;
using Penstock.Proteins.Evaluation;
using Xunit;

namespace Penstock.Tests.Proteins.Evaluation;

public sealed class EvaluationTsvTests
{
    [Theory]
    [InlineData(0.3125, "0.312")]
    [InlineData(0.4375, "0.438")]
    [InlineData(0.0625, "0.062")]
    [InlineData(0.31250000000000006, "0.313")]
    [InlineData(0.4125, "0.412")]
    [InlineData(2.6745, "2.675")]
    [InlineData(1234567.8125, "1234567.812")]
    [InlineData(0, "0.000")]
    [InlineData(168, "168.000")]
    public void Decimals_round_an_exact_half_to_even_and_anything_else_by_its_exact_value(double value, string expected) =>
        Assert.Equal(expected, EvaluationTsv.Fixed(value, 3));

    [Fact]
    public void Decimals_equal_exact_decimal_rounding_for_random_dyadic_numbers()
    {
        Random random = new(5);
        for (int i = 0; i < 20_000; i++)
        {
            double value = random.Next(1 << 20) / (double)(1 << random.Next(12));
            string exact = decimal.Round((decimal)value, 3, MidpointRounding.ToEven).ToString("F3", CultureInfo.InvariantCulture);
            Assert.Equal(exact, EvaluationTsv.Fixed(value, 3));
        }
    }

    [Theory]
    [InlineData(0.01, 3)]
    [InlineData(0.1, 2)]
    [InlineData(0.001, 4)]
    [InlineData(0.05, 3)]
    [InlineData(0.0001, 5)]
    public void The_step_decides_the_decimals(double step, int expected) =>
        Assert.Equal(expected, EvaluationTsv.DecimalsOf(step));
}

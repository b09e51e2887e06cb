using Penstock.Proteins.Files;
using Xunit;

namespace Penstock.Tests.Proteins.Files;

/// <summary>Expected values are what C's printf and Python's round give.</summary>
public class PrintfNumberTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1.0, "1")]
    [InlineData(-989.0, "-989")]
    [InlineData(0.06567796610169492, "0.065678")]
    [InlineData(0.1, "0.1")]
    [InlineData(1234.125, "1234.12")]
    [InlineData(1234.375, "1234.38")]
    [InlineData(100000.5, "100000")]
    [InlineData(100001.5, "100002")]
    [InlineData(999999.5, "1e+06")]
    [InlineData(999999.4, "999999")]
    [InlineData(1234567.0, "1.23457e+06")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001234, "1.234e-05")]
    [InlineData(0.000099999951, "0.0001")]
    [InlineData(1e100, "1e+100")]
    [InlineData(5e-324, "4.94066e-324")]
    [InlineData(double.NaN, "nan")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void General_is_percent_g_with_six_digits(double value, string expected) =>
        Assert.Equal(expected, PrintfNumber.General(value, 6));

    [Theory]
    [InlineData(0.03125, 4, "0.0312")]
    [InlineData(0.09375, 4, "0.0938")]
    [InlineData(0.5, 0, "0")]
    [InlineData(1.5, 0, "2")]
    [InlineData(2.5, 0, "2")]
    [InlineData(0.99996, 4, "1.0000")]
    [InlineData(9.99996, 4, "10.0000")]
    [InlineData(0.00004, 4, "0.0000")]
    [InlineData(-0.25, 1, "-0.2")]
    [InlineData(1e21, 2, "1000000000000000000000.00")]
    [InlineData(0.8942612409591675, 6, "0.894261")]
    public void Fixed_is_percent_f(double value, int decimals, string expected) =>
        Assert.Equal(expected, PrintfNumber.Fixed(value, decimals));

    [Theory]
    [InlineData(0.5, 0, 0.0)]
    [InlineData(1.5, 0, 2.0)]
    [InlineData(2.675, 2, 2.67)]
    [InlineData(0.0000005, 6, 0.0)]
    [InlineData(0.0000015, 6, 0.000002)]
    [InlineData(0.1234565, 6, 0.123456)]
    [InlineData(0.1234575, 6, 0.123457)]
    [InlineData(1e22, 6, 1e22)]
    [InlineData(-0.0078125, 6, -0.007812)]
    public void Round_is_that_of_Python(double value, int decimals, double expected) =>
        Assert.Equal(expected, PrintfNumber.Round(value, decimals));

    [Fact]
    public void The_quick_way_of_rounding_agrees_with_the_digits()
    {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            double value = i % 3 == 0 ? (random.Next(2_000_001) + 0.5) / 1e6 : random.NextDouble() * 2 - 0.5;
            Assert.Equal(double.Parse(PrintfNumber.Fixed(value, 6)), PrintfNumber.Round(value, 6));
        }
    }
}

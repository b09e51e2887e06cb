using System.Globalization;
using System.Text;
using Penstock.Proteins.Input;
using Xunit;

namespace Penstock.Tests.Proteins.Input;

public sealed class Utf8TokensTests
{
    [Fact]
    public void Numbers_are_read_to_the_same_bits_as_the_framework_reads_them()
    {
        Random random = new(11);
        for (int i = 0; i < 100_000; i++)
        {
            double value = random.NextDouble() * Math.Pow(10, random.Next(-6, 7));
            string text = random.Next(3) switch
            {
                0 => value.ToString("R", CultureInfo.InvariantCulture),
                1 => value.ToString("F" + random.Next(14).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
                _ => value.ToString("E5", CultureInfo.InvariantCulture),
            };
            Assert.True(Utf8Tokens.TryParseNumber(Encoding.UTF8.GetBytes(text), out double read));
            Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), read);
        }
    }

    [Theory]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("1e-3", 0.001)]
    [InlineData("-0.25", -0.25)]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("-Inf", double.NegativeInfinity)]
    [InlineData("nan", double.NaN)]
    public void Special_forms_are_numbers_too(string text, double expected)
    {
        Assert.True(Utf8Tokens.TryParseNumber(Encoding.UTF8.GetBytes(text), out double value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("0.1.2")]
    [InlineData("0,5")]
    [InlineData("abc")]
    [InlineData("1234567890123456789x")]
    public void Anything_else_is_not_a_number(string text) =>
        Assert.False(Utf8Tokens.TryParseNumber(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Tokens_are_cut_at_any_white_space()
    {
        ReadOnlySpan<byte> rest = "  P1\t GO:1 \r"u8;
        Assert.True(Utf8Tokens.Next(ref rest).SequenceEqual("P1"u8));
        Assert.True(Utf8Tokens.Next(ref rest).SequenceEqual("GO:1"u8));
        Assert.True(Utf8Tokens.Next(ref rest).IsEmpty);
    }
}

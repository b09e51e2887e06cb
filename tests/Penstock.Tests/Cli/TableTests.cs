using Penstock.Cli.Output;
using Xunit;

namespace Penstock.Tests.Cli;

public sealed class TableTests
{
    private static readonly Column<int>[] Columns =
    [
        new("ID", _ => ""),
        new("NAME", _ => "") { ShrinksTo = 6 },
        new("QUEUE", _ => "") { ShrinksTo = 4, DropOrder = 2 },
        new("AGE", _ => "") { DropOrder = 1 },
    ];

    [Theory]
    [InlineData(100, 8, 20, 12, 3)]
    [InlineData(49, 8, 20, 12, 3)] // 43 and three gaps of two: fits exactly
    [InlineData(48, 8, 19, 12, 3)] // the widest gives first
    [InlineData(40, 8, 11, 12, 3)]
    [InlineData(27, 8, 6, 4, 3)] // everything at its least
    [InlineData(26, 8, 11, 0, 3)] // a column is left out, and its room goes to the others
    [InlineData(18, 8, 8, 0, 0)]
    [InlineData(5, 8, 6, 0, 0)] // no more to give
    public void Columns_are_cut_first_and_left_out_last(int available, params int[] expected)
    {
        int[] widths = [8, 20, 12, 3];

        TablePrinter.Fit(Columns, widths, available);

        Assert.Equal(expected, widths);
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1_023, "1023 B")]
    [InlineData(1_536, "1.5 KiB")]
    [InlineData(20L << 20, "20 MiB")]
    [InlineData(3L << 50, "3 PiB")]
    public void Sizes_are_binary_multiples(long bytes, string expected) => Assert.Equal(expected, Words.Bytes(bytes));

    [Theory]
    [InlineData(-1, "0 ms")]
    [InlineData(0.85, "850 ms")]
    [InlineData(7.04, "7 s")]
    [InlineData(7.14, "7.1 s")]
    [InlineData(59.99, "59 s")]
    [InlineData(200, "3 min 20 s")]
    [InlineData(7_500, "2 h 5 min")]
    [InlineData(273_600, "3 d 4 h")]
    public void Times_are_told_in_two_units_at_most(double seconds, string expected) =>
        Assert.Equal(expected, Words.Of(TimeSpan.FromSeconds(seconds)));
}

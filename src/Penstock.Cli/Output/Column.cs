namespace Penstock.Cli.Output;

/// <summary>One column of a table.</summary>
/// <param name="Header">Upper-case word.</param>
/// <param name="Text">The cell, without markup.</param>
internal sealed record Column<T>(string Header, Func<T, string> Text)
{
    public bool RightAligned { get; init; }

    /// <summary>Spectre style of the cell, such as <c>green</c>; null: none.</summary>
    public Func<T, string?>? Style { get; init; }

    /// <summary>May be cut with an ellipsis, down to this many characters; 0: never.</summary>
    public int ShrinksTo { get; init; }

    /// <summary>Columns with the highest number are left out first when the terminal is narrow; 0: never.</summary>
    public int DropOrder { get; init; }
}

using Spectre.Console;

namespace Penstock.Cli.Output;

/// <summary>Tables without lines: one row per line at any width, cutting or leaving out what matters least.</summary>
internal static class TablePrinter
{
    private const int Gap = 2;

    public static void Print<T>(this Terminal terminal, IReadOnlyList<T> rows, string whenEmpty, params IReadOnlyList<Column<T>> columns)
    {
        if (rows.Count == 0)
        {
            terminal.Note(whenEmpty);
            return;
        }
        string[][] cells = rows.Select(row => columns.Select(column => OneLine(column.Text(row))).ToArray()).ToArray();
        // A column without any text says nothing and takes room from the others.
        int[] widths = columns.Select((column, c) => cells.Max(row => row[c].Length) is > 0 and int longest ? Math.Max(column.Header.Length, longest) : 0).ToArray();
        Fit(columns, widths, terminal.Width);

        int[] shown = Enumerable.Range(0, columns.Count).Where(c => widths[c] > 0).ToArray();
        terminal.Line(Join(shown, c => $"[dim]{Markup.Escape(Pad(columns[c].Header, widths[c], columns[c].RightAligned, c == shown[^1]))}[/]"));
        for (int r = 0; r < rows.Count; r++)
        {
            T row = rows[r];
            string[] line = cells[r];
            terminal.Line(Join(shown, c =>
            {
                if (line[c].Length == 0)
                    return c == shown[^1] ? "" : new string(' ', widths[c]);
                string text = Markup.Escape(Pad(Cut(line[c], widths[c]), widths[c], columns[c].RightAligned, c == shown[^1]));
                return columns[c].Style?.Invoke(row) is { } style ? $"[{style}]{text}[/]" : text;
            }));
        }
    }

    /// <summary>Makes the row fit: cuts what may be cut, and where that is not enough leaves columns out (width 0).</summary>
    internal static void Fit<T>(IReadOnlyList<Column<T>> columns, int[] widths, int available)
    {
        int[] least = widths.Select((width, c) => columns[c].ShrinksTo > 0 ? Math.Min(width, columns[c].ShrinksTo) : width).ToArray();
        foreach (int c in Enumerable.Range(0, widths.Length).Where(c => columns[c].DropOrder > 0).OrderByDescending(c => columns[c].DropOrder))
        {
            if (Total(least) <= available)
                break;
            (least[c], widths[c]) = (0, 0);
        }
        // What is still too wide with everything at its least is wrapped by the terminal.
        while (Total(widths) > available)
        {
            int widest = -1;
            for (int c = 0; c < widths.Length; c++)
            {
                if (widths[c] > least[c] && (widest < 0 || widths[c] > widths[widest]))
                    widest = c;
            }
            if (widest < 0)
                return;
            widths[widest]--;
        }
    }

    private static int Total(int[] widths) => widths.Sum() + Gap * Math.Max(0, widths.Count(width => width > 0) - 1);

    private static string Join(int[] shown, Func<int, string> cell) => string.Join(new string(' ', Gap), shown.Select(cell)).TrimEnd();

    // No trailing blanks: they would wrap a line that exactly fits, and make diffs of captured output ugly.
    private static string Pad(string text, int width, bool right, bool last) => right ? text.PadLeft(width) : last ? text : text.PadRight(width);

    private static string Cut(string text, int width) => text.Length <= width ? text : width <= 1 ? "…" : text[..(width - 1)] + "…";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}

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
        int[] widths = columns.Select((column, c) => Math.Max(column.Header.Length, cells.Max(row => row[c].Length))).ToArray();
        Fit(columns, widths, terminal.Width);

        int[] shown = Enumerable.Range(0, columns.Count).Where(c => widths[c] > 0).ToArray();
        terminal.Line(Join(shown, c => $"[dim]{Markup.Escape(Pad(columns[c].Header, widths[c], columns[c].RightAligned, c == shown[^1]))}[/]"));
        for (int r = 0; r < rows.Count; r++)
        {
            T row = rows[r];
            string[] line = cells[r];
            terminal.Line(Join(shown, c =>
            {
                string text = Markup.Escape(Pad(Cut(line[c], widths[c]), widths[c], columns[c].RightAligned, c == shown[^1]));
                return columns[c].Style?.Invoke(row) is { } style ? $"[{style}]{text}[/]" : text;
            }));
        }
    }

    /// <summary>Lowers widths until the row fits: first cut what may be cut, then leave columns out (width 0), then cut harder.</summary>
    internal static void Fit<T>(IReadOnlyList<Column<T>> columns, int[] widths, int available)
    {
        while (Total(widths) > available)
        {
            int widest = -1;
            for (int c = 0; c < widths.Length; c++)
            {
                int floor = Math.Max(columns[c].ShrinksTo, 1);
                if (columns[c].ShrinksTo > 0 && widths[c] > floor && (widest < 0 || widths[c] > widths[widest]))
                    widest = c;
            }
            if (widest >= 0)
            {
                widths[widest]--;
                continue;
            }
            int drop = -1;
            for (int c = 0; c < widths.Length; c++)
            {
                if (widths[c] > 0 && columns[c].DropOrder > 0 && (drop < 0 || columns[c].DropOrder > columns[drop].DropOrder))
                    drop = c;
            }
            if (drop < 0)
                return; // nothing more to give; the terminal wraps
            widths[drop] = 0;
        }
    }

    private static int Total(int[] widths) => widths.Sum() + Gap * Math.Max(0, widths.Count(width => width > 0) - 1);

    private static string Join(int[] shown, Func<int, string> cell) => string.Join(new string(' ', Gap), shown.Select(cell));

    // No trailing blanks: they would wrap a line that exactly fits, and make diffs of captured output ugly.
    private static string Pad(string text, int width, bool right, bool last) => right ? text.PadLeft(width) : last ? text : text.PadRight(width);

    private static string Cut(string text, int width) => text.Length <= width ? text : width <= 1 ? "…" : text[..(width - 1)] + "…";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}

using Spectre.Console;

namespace Penstock.Cli.Output;

/// <summary>A record as aligned lines of name and value; fields without a value are left out.</summary>
internal static class FieldPrinter
{
    public static void PrintFields(this Terminal terminal, params IEnumerable<(string Name, string? Value, string? Style)> fields)
    {
        List<(string Name, string? Value, string? Style)> shown = [.. fields.Where(field => field.Value is not null)];
        if (shown.Count == 0)
            return;
        int width = shown.Max(field => field.Name.Length) + 2;
        foreach ((string name, string? value, string? style) in shown)
        {
            string[] lines = value!.Split('\n');
            for (int i = 0; i < lines.Length; i++)
            {
                string label = (i == 0 ? name : "").PadRight(width);
                string text = Markup.Escape(lines[i].TrimEnd('\r'));
                terminal.Line($"[dim]{Markup.Escape(label)}[/]{(style is null ? text : $"[{style}]{text}[/]")}");
            }
        }
    }
}

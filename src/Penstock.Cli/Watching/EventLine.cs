using System.Text.Json;
using Penstock.Cli.Output;
using Penstock.Client.Events;
using Spectre.Console;

namespace Penstock.Cli.Watching;

/// <summary>One event of a job's history as a line.</summary>
internal static class EventLine
{
    private const int LongestField = 60;

    public static string Markup(EventView entry)
    {
        string style = entry.Level switch { "error" => "red", "warning" => "yellow", _ => "default" };
        string time = entry.Ts.UtcDateTime.ToString("HH:mm:ss");
        string message = entry.Message is null ? "" : "  " + Spectre.Console.Markup.Escape(entry.Message);
        string fields = Fields(entry.Fields);
        return $"[dim]{time}[/]  [{style}]{Spectre.Console.Markup.Escape(entry.Event)}[/]{message}" +
            (fields.Length == 0 ? "" : $"  [dim]{Spectre.Console.Markup.Escape(fields)}[/]");
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        // Three decimals are enough to read; all of them are in --json.
        JsonValueKind.Number when !value.TryGetInt64(out _) => value.GetDouble().ToString("0.###"),
        _ => Words.Json(value, indented: false),
    };

    /// <summary>name=value pairs; long values are cut, structures are JSON.</summary>
    public static string Fields(JsonElement fields)
    {
        if (fields.ValueKind != JsonValueKind.Object)
            return "";
        return string.Join(' ', fields.EnumerateObject().Where(field => !field.Name.StartsWith('_')).Select(field =>
        {
            string text = TextOf(field.Value);
            return $"{field.Name}={(text.Length > LongestField ? text[..(LongestField - 1)] + "…" : text)}";
        }));
    }
}

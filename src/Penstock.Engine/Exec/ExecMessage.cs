using System.Text.Json;
using System.Text.RegularExpressions;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;

namespace Penstock.Engine.Exec;

/// <summary>A line of output by which a program tells the engine something; any other line is plain output.</summary>
internal abstract partial record ExecMessage
{
    private const int NameLengthMax = 100;
    private const int MessageLengthMax = 1_000;

    /// <summary><c>{"progress":{"current":3,"total":10},"message":"third file"}</c></summary>
    public sealed record Advanced(Progress Progress, string? Message) : ExecMessage;

    /// <summary><c>{"event":"fold.started","fields":{"model":"b"},"message":"...","level":"warning"}</c></summary>
    public sealed record Told(string Name, string Fields, string? Message, JobEventLevel Level) : ExecMessage;

    /// <summary><c>{"result":{"chunks":12}}</c>; the last one counts.</summary>
    public sealed record Returned(string Result) : ExecMessage;

    /// <returns>Null: it is plain output, also if it is nearly a message; then people see it in the history and what is wrong with it.</returns>
    public static ExecMessage? Parse(string line)
    {
        if (!line.StartsWith('{'))
            return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            string? message = Text(root, "message");
            if (root.TryGetProperty("result", out JsonElement result))
                return new Returned(result.GetRawText());
            if (root.TryGetProperty("progress", out JsonElement progress))
                return ProgressOf(progress) is { } known ? new Advanced(known, message) : null;
            return Text(root, "event") is { } name && IsOwnName(name) && FieldsOf(root) is { } fields
                ? new Told(name, fields, message, LevelOf(root))
                : null;
        }
        catch (JsonException)
        {
            return null; // A line that only begins like one.
        }
    }

    private static Progress? ProgressOf(JsonElement progress)
    {
        if (progress.ValueKind is not JsonValueKind.Object || !progress.TryGetProperty("current", out JsonElement current)
            || current.ValueKind is not JsonValueKind.Number || !current.TryGetInt64(out long done) || done < 0)
            return null;
        if (!progress.TryGetProperty("total", out JsonElement total) || total.ValueKind is JsonValueKind.Null)
            return new Progress(done, null);
        return total.ValueKind is JsonValueKind.Number && total.TryGetInt64(out long all) && all >= done ? new Progress(done, all) : null;
    }

    private static string? FieldsOf(JsonElement root) =>
        !root.TryGetProperty("fields", out JsonElement fields) ? "{}" : fields.ValueKind is JsonValueKind.Object ? fields.GetRawText() : null;

    // The engine's own names are what readers follow a job by; no program may speak in its place.
    private static bool IsOwnName(string name) =>
        name.Length <= NameLengthMax && EventName().IsMatch(name)
        && !name.StartsWith("job.", StringComparison.Ordinal) && !name.StartsWith("child.", StringComparison.Ordinal)
        && !name.StartsWith("exec.", StringComparison.Ordinal);

    private static JobEventLevel LevelOf(JsonElement root) => Text(root, "level") switch
    {
        "warning" => JobEventLevel.Warning,
        "error" => JobEventLevel.Error,
        _ => JobEventLevel.Info,
    };

    private static string? Text(JsonElement root, string member) =>
        root.TryGetProperty(member, out JsonElement value) && value.ValueKind is JsonValueKind.String && value.GetString() is { } text
            ? text[..Math.Min(text.Length, MessageLengthMax)]
            : null;

    [GeneratedRegex(@"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\z")]
    private static partial Regex EventName();
}

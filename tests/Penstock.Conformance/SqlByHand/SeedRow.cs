using System.Text.Json;
using System.Text.RegularExpressions;
using Penstock.Testing;

namespace Penstock.Conformance.SqlByHand;

/// <summary>A row of the acceptance suite that lies beside the repository: a statement of somebody's handbook, and what must come of it.</summary>
internal sealed partial record SeedRow(string Id, string Database, string Script, JsonElement Expect)
{
    public const string SkipReason = "The acceptance suite (conformance/seeds.json beside the reference data) is not on this machine.";

    /// <summary>Words of the documents that stand for an id.</summary>
    private static readonly (string Word, string Name)[] Placeholders =
        [("<job-uuid>", "job_id"), ("TASK_ID_HERE", "task_id"), ("TASK_NAME_HERE", "task_name"), ("{job_id}", "job_id"), ("{parent_id}", "parent_id")];

    private static readonly Dictionary<string, string> DatabaseOfSystem = new()
    {
        ["proteins"] = "protea", ["radio"] = "dsa110_absurd", ["documents"] = "ingestion",
    };

    private static string Path => SharedData.PathOf("..", "conformance", "seeds.json");

    public static bool ArePresent => SharedData.IsPresent && File.Exists(Path);

    /// <summary>A statement for psql's input, not a command line that calls psql.</summary>
    public bool IsPiped => !CallsProgram().IsMatch(Script);

    /// <summary>Those whose text is to be taken by the database as it is.</summary>
    public static IReadOnlyList<SeedRow> ReadAll()
    {
        using JsonDocument suite = JsonDocument.Parse(File.ReadAllText(Path));
        return [.. suite.RootElement.GetProperty("items").EnumerateArray().Where(IsSql).Select(Read)];
    }

    public string With(IReadOnlyDictionary<string, string> ids) => Placeholders.Aggregate(
        Script, (script, word) => script.Contains(word.Word, StringComparison.Ordinal) ? script.Replace(word.Word, ids[word.Name], StringComparison.Ordinal) : script);

    /// <returns>What of the output is not as the row says.</returns>
    public IEnumerable<string> Misses(string output, string error)
    {
        foreach (string pattern in TextsOf("stdout_regex").Where(p => !Regex.IsMatch(output, p, RegexOptions.Multiline)))
            yield return $"the output does not match {pattern}:\n{output}";
        foreach (string pattern in TextsOf("stderr_not_regex").Where(p => Regex.IsMatch(error, p, RegexOptions.Multiline)))
            yield return $"the errors match {pattern}:\n{error}";
        if (!Expect.TryGetProperty("rows", out JsonElement rows))
            yield break;
        foreach (JsonElement row in rows.EnumerateArray())
        {
            string told = string.Join(@"\s*\|\s*", row.EnumerateArray().Select(value => Regex.Escape(value.GetString()!)));
            if (!Regex.IsMatch(output, $@"^\s*{told}\s*$", RegexOptions.Multiline))
                yield return $"no row {row}:\n{output}";
        }
    }

    // The shell's own rows (docker, mc) are about programs around the database.
    private static bool IsSql(JsonElement item) =>
        item.GetProperty("maps_to").GetProperty("mode").GetString() == "sql" || item.GetProperty("check").GetProperty("run").GetString() == "sql";

    private static SeedRow Read(JsonElement item)
    {
        JsonElement check = item.GetProperty("check");
        string script = TextOf(check, "sql") ?? TextOf(check, "cmd") ?? TextOf(item, "command") ?? TextOf(item, "verbatim")!;
        string database = TextOf(check, "db") ?? DatabaseOfSystem[TextOf(item, "system")!];
        return new SeedRow(TextOf(item, "id")!, database, script, check.GetProperty("expect").Clone());
    }

    private static string? TextOf(JsonElement item, string name) => item.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private string[] TextsOf(string name) =>
        Expect.TryGetProperty(name, out JsonElement patterns) ? [.. patterns.EnumerateArray().Select(p => p.GetString()!)] : [];

    [GeneratedRegex(@"\A(?:\s*#.*\n)*\s*(?:psql|docker|watch|echo|sqlite3)\b")]
    private static partial Regex CallsProgram();
}

using System.Globalization;
using Penstock.Engine.Exec;
using YamlDotNet.RepresentationModel;

namespace Penstock.Server.Workspaces.Configuration;

/// <summary>Reads one entry of <c>operations</c>, noting everything wrong with it.</summary>
internal sealed class OperationEntry(List<ConfigProblem> problems)
{
    private static readonly string[] SharedKeys = ["name", "kind", "queue", "summary", "timeout_seconds", "max_attempts", "resources", "encrypt_payload", "masked_fields"];

    private static readonly string[] ExecKeys =
    [
        "command", "working_directory", "env", "set_env", "memory_bytes", "output_bytes", "exit_codes", "snooze_seconds", "grace_seconds",
    ];

    private const double YearSeconds = 31_536_000;

    /// <returns>Null: something was wrong with it.</returns>
    public OperationSettings? Read(YamlNode entry)
    {
        if (entry is not YamlMappingNode mapping)
        {
            Wrong(entry, "", "an entry of operations is a mapping with the keys name, kind and queue.");
            return null;
        }
        int before = problems.Count;
        OperationSettings operation = new("", "exec", "");
        string? wantsExec = null;
        foreach ((YamlNode key, YamlNode value) in mapping)
        {
            string name = YamlSource.TextOf(key);
            if (ExecKeys.Contains(name, StringComparer.Ordinal))
                wantsExec ??= name;
            if (!YamlSource.IsEmpty(value))
                operation = ReadMember(operation, name, key, value);
        }
        if (problems.Count == before)
            CheckWhole(operation, wantsExec, entry);
        return problems.Count == before ? operation : null;
    }

    private void CheckWhole(OperationSettings operation, string? wantsExec, YamlNode entry)
    {
        if (operation.Kind == "external" && wantsExec is not null)
            Wrong(entry, wantsExec, $"operation '{operation.Name}' is external and has no {wantsExec}: its workers decide how it runs.");
        // The rules for names and queues are the same for both kinds; an external one lends itself a command for the check.
        ExecDefinition exec = operation.ToExec();
        foreach (string problem in (operation.Kind == "external" ? exec with { Command = ["worker"] } : exec).Problems())
            Wrong(entry, operation.Name, $"operation '{operation.Name}': {problem}");
    }

    private OperationSettings ReadMember(OperationSettings operation, string name, YamlNode key, YamlNode value) => name switch
    {
        "name" => operation with { Name = Text(value) },
        "kind" when Text(value) is "exec" or "external" => operation with { Kind = Text(value) },
        "kind" => Refuse(operation, key, name, $"kind is '{Text(value)}'; exec or external is needed."),
        "queue" => operation with { Queue = Text(value) },
        "summary" => operation with { Summary = Text(value) },
        "timeout_seconds" => operation with { TimeoutSeconds = Number(key, name, value, 0.001, YearSeconds) },
        "max_attempts" => operation with { MaxAttempts = (int?)Whole(key, name, value, 1, 1_000) },
        "resources" => operation with { Resources = Units(key, value) },
        "encrypt_payload" when bool.TryParse(Text(value), out bool encrypts) => operation with { EncryptPayload = encrypts },
        "encrypt_payload" => Refuse(operation, key, name, $"encrypt_payload is '{Text(value)}'; true or false is needed."),
        "masked_fields" => operation with { MaskedFields = List(key, name, value) },
        "command" => operation with { Command = List(key, name, value) },
        "working_directory" => operation with { WorkingDirectory = Text(value) },
        "env" => operation with { Env = List(key, name, value) },
        "set_env" => operation with { SetEnv = Map(key, name, value).ToDictionary(pair => pair.Key, pair => pair.Value) },
        "memory_bytes" => operation with { MemoryBytes = Whole(key, name, value, 1 << 20, 1L << 50) },
        "output_bytes" => operation with { OutputBytes = Whole(key, name, value, 0, 1L << 26) },
        "exit_codes" => operation with { ExitCodes = Codes(key, value) },
        "snooze_seconds" => operation with { SnoozeSeconds = Number(key, name, value, 0.001, 600) },
        "grace_seconds" => operation with { GraceSeconds = Number(key, name, value, 0, 600) },
        _ => Refuse(operation, key, name, $"an operation has no {name}.{Suggestion(name)}"),
    };

    private Dictionary<int, ExitMeaning> Codes(YamlNode key, YamlNode value)
    {
        Dictionary<int, ExitMeaning> codes = [];
        foreach ((string code, string meaning) in Map(key, "exit_codes", value))
        {
            ExitMeaning? known = meaning switch { "retry" => ExitMeaning.Retry, "fail" => ExitMeaning.Fail, "snooze" => ExitMeaning.Snooze, _ => null };
            if (known is { } means && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                codes[number] = means;
            else
                Wrong(key, "exit_codes", $"exit_codes holds '{code}: {meaning}'; a code and one of retry, fail, snooze is needed, such as '75: snooze'.");
        }
        return codes;
    }

    private Dictionary<string, int> Units(YamlNode key, YamlNode value)
    {
        Dictionary<string, int> units = [];
        foreach ((string resource, string text) in Map(key, "resources", value))
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= 1_000_000)
                units[resource] = number;
            else
                Wrong(key, "resources", $"resources holds '{resource}: {text}'; a name and a whole number of units is needed, such as 'gpu: 1'.");
        }
        return units;
    }

    private List<string> List(YamlNode key, string name, YamlNode value)
    {
        if (value is YamlSequenceNode list && list.All(item => item is YamlScalarNode))
            return [.. list.Select(Text)];
        Wrong(key, name, $"{name} takes a list of texts, such as [awk, -f, count.awk]; no shell would take a single text apart.");
        return [];
    }

    private List<KeyValuePair<string, string>> Map(YamlNode key, string name, YamlNode value)
    {
        if (value is YamlMappingNode map && map.Children.Values.All(item => item is YamlScalarNode))
            return [.. map.Select(pair => KeyValuePair.Create(Text(pair.Key), Text(pair.Value)))];
        Wrong(key, name, $"{name} takes a mapping of names to texts.");
        return [];
    }

    private long? Whole(YamlNode key, string name, YamlNode value, long least, long most)
    {
        if (long.TryParse(Text(value), NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most)
            return number;
        Wrong(key, name, $"{name} is '{Text(value)}'; a whole number from {least} to {most} is needed.");
        return null;
    }

    private double? Number(YamlNode key, string name, YamlNode value, double least, double most)
    {
        if (double.TryParse(Text(value), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number >= least && number <= most)
            return number;
        Wrong(key, name, string.Create(CultureInfo.InvariantCulture, $"{name} is '{Text(value)}'; a number of seconds from {least} to {most} is needed."));
        return null;
    }

    private OperationSettings Refuse(OperationSettings operation, YamlNode at, string key, string message)
    {
        Wrong(at, key, message);
        return operation;
    }

    private static string Suggestion(string wrong) =>
        EditDistance.Nearest(wrong, [.. SharedKeys, .. ExecKeys]) is { } near ? $" Did you mean {near}?" : "";

    private void Wrong(YamlNode at, string key, string message) =>
        problems.Add(new ConfigProblem(YamlSource.Line(at.Start), $"operations.{key}", message));

    private static string Text(YamlNode node) => YamlSource.TextOf(node);
}

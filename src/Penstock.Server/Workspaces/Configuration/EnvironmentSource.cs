namespace Penstock.Server.Workspaces.Configuration;

/// <summary>Reads <c>PENSTOCK_SECTION__KEY</c> variables, and the names the predecessor systems used.</summary>
internal sealed class EnvironmentSource(List<ConfigProblem> problems, List<string> warnings)
{
    private const string Prefix = "PENSTOCK_";
    private const string Separator = "__";

    // Weakest first: a later assignment wins, and Penstock's own name wins over an alias.
    private static readonly string[] AliasPrefixes = ["PROTEA_TUNING__", "PENSTOCK_TUNING__"];

    /// <summary>Whole names of variables of the predecessor systems.</summary>
    private static readonly (string Name, string Key)[] Aliases = [("PROTEA_AMQP_URL", "transport.url")];

    public List<ConfigAssignment> Assignments { get; } = [];

    public void Read(IReadOnlyDictionary<string, string> variables)
    {
        // Sorted, so that problems are reported in the same order everywhere.
        List<string> names = [.. variables.Keys.Order(StringComparer.Ordinal)];
        foreach (string prefix in AliasPrefixes)
        {
            foreach (string name in names.Where(name => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                ReadAlias(name, prefix, variables[name]);
        }
        foreach ((string name, string key) in Aliases)
        {
            if (variables.TryGetValue(name, out string? text))
                Assign(SettingCatalog.Find(key)!, name, text);
        }
        foreach (string name in names.Where(IsOwn))
            ReadOwn(name, variables[name]);
    }

    private static bool IsOwn(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && !AliasPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        // Without a section it may be a variable of the program itself, such as PENSTOCK_TOKEN.
        && (name.Contains(Separator, StringComparison.Ordinal) || SettingCatalog.Find(KeyOf(name[Prefix.Length..])) is not null);

    private void ReadOwn(string name, string text)
    {
        string key = KeyOf(name[Prefix.Length..]);
        if (SettingCatalog.Find(key) is { } setting)
            Assign(setting, name, text);
        else if (key.StartsWith("queues.", StringComparison.Ordinal))
            problems.Add(new ConfigProblem($"variable {name}", key, "queues are set in penstock.yaml only."));
        else if (key.StartsWith("operations.", StringComparison.Ordinal))
            problems.Add(new ConfigProblem($"variable {name}", key, "operations are set in penstock.yaml only."));
        else
            problems.Add(new ConfigProblem($"variable {name}", key, $"there is no setting {key}.{SettingCatalog.Suggestion(key)}"));
    }

    private void ReadAlias(string name, string prefix, string text)
    {
        if (SettingCatalog.FindWithAliases(KeyOf(name[prefix.Length..])) is { } setting)
            Assign(setting, name, text);
        else
            warnings.Add($"Variable {name} has no counterpart here and changes nothing; 'penstock config show' lists all settings.");
    }

    private void Assign(SettingDefinition setting, string name, string text) =>
        Assignments.Add(new ConfigAssignment(
            setting, setting.IsList ? YamlSource.SplitList(text) : [text.Trim()], $"env {name}", $"variable {name}"));

    private static string KeyOf(string name) => name.ToLowerInvariant().Replace(Separator, ".", StringComparison.Ordinal);
}

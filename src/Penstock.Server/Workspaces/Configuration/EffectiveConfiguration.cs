namespace Penstock.Server.Workspaces.Configuration;

/// <summary>The settings of a workspace as they hold now, with where each came from.</summary>
public sealed class EffectiveConfiguration
{
    private EffectiveConfiguration(PenstockSettings settings, IReadOnlyList<EffectiveValue> values, IReadOnlyList<string> warnings)
    {
        Settings = settings;
        Values = values;
        Warnings = warnings;
    }

    public PenstockSettings Settings { get; }

    /// <summary>Every key, in the order of the sections.</summary>
    public IReadOnlyList<EffectiveValue> Values { get; }

    /// <summary>Sentences about variables that look like settings and change nothing.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Defaults, overridden by <c>penstock.yaml</c>, by the environment, by the command line, in this order.</summary>
    /// <param name="environment">Variables by name; others than Penstock's are ignored.</param>
    /// <exception cref="ConfigInvalidException">With every wrong key and value of all three sources.</exception>
    public static EffectiveConfiguration Load(
        Workspace workspace, IReadOnlyDictionary<string, string> environment, IReadOnlyList<ConfigArgument> arguments)
    {
        List<ConfigProblem> problems = [];
        List<string> warnings = [];
        YamlSource file = new(problems);
        file.Read(File.ReadAllText(workspace.ConfigFile));
        EnvironmentSource variables = new(problems, warnings);
        variables.Read(environment);
        List<ConfigAssignment> commandLine = ReadArguments(arguments, problems);

        PenstockSettings settings = new() { Queues = file.Queues, Resources = file.Resources, Schedules = file.Schedules, Operations = file.Operations };
        PenstockSettings defaults = new();
        Dictionary<SettingDefinition, string> origins = [];
        foreach (ConfigAssignment assignment in (IEnumerable<ConfigAssignment>)[.. file.Assignments, .. variables.Assignments, .. commandLine])
        {
            (object? value, string? problem) = SettingValue.Parse(assignment.Setting, assignment.Texts);
            if (problem is not null)
            {
                problems.Add(new ConfigProblem(assignment.Where, assignment.Setting.Key, problem));
                continue;
            }
            assignment.Setting.Write(settings, value!);
            origins[assignment.Setting] = assignment.Origin;
        }
        if (problems.Count == 0)
        {
            AddProblems("store.kind", settings.Store.Problems(workspace));
            AddProblems("artifacts.kind", settings.Artifacts.Problems(workspace));
        }
        if (problems.Count > 0)
            throw new ConfigInvalidException(problems);

        List<EffectiveValue> values = SettingCatalog.All.Select(setting => new EffectiveValue(
            setting.Key, setting.Show(settings), setting.Unit, origins.GetValueOrDefault(setting, "default"),
            setting.Show(defaults), setting.Limits.Summary)).ToList();
        values.Add(new EffectiveValue(
            "queues", file.Queues, null, file.QueuesOrigin ?? "default", Array.Empty<QueueSettings>(), "Overrides of declared queues, and queues of your own."));
        values.Add(new EffectiveValue(
            "resources", file.Resources, null, file.ResourcesOrigin ?? "default", Array.Empty<ResourceSettings>(), "What operations may need besides a slot, and how much of it there is."));
        values.Add(new EffectiveValue(
            "schedules", file.Schedules, null, file.SchedulesOrigin ?? "default", Array.Empty<ScheduleSettings>(), "Jobs by the clock."));
        values.Add(new EffectiveValue(
            "operations", file.Operations, null, file.OperationsOrigin ?? "default", Array.Empty<OperationSettings>(), "Operations of your own: programs of the system, and those of remote workers."));
        return new EffectiveConfiguration(settings, values, warnings);

        // Where the section names what makes it necessary, for that is the line to look at.
        void AddProblems(string kind, IEnumerable<(string Key, string Message)> found)
        {
            string origin = origins.GetValueOrDefault(SettingCatalog.Find(kind)!, Workspace.ConfigFileName);
            problems.AddRange(found.Select(problem => new ConfigProblem(origin, problem.Key, problem.Message)));
        }
    }

    /// <summary>The value of a key, also under a name of the predecessor systems; the answer carries the name asked for.</summary>
    /// <exception cref="SettingNotFoundException">With the nearest key.</exception>
    public EffectiveValue Value(string key)
    {
        string ownKey = SettingCatalog.FindWithAliases(key)?.Key ?? key;
        EffectiveValue value = Values.FirstOrDefault(value => value.Key == ownKey)
            ?? throw new SettingNotFoundException(key, SettingCatalog.Suggestion(key));
        return value with { Key = key };
    }

    private static List<ConfigAssignment> ReadArguments(IReadOnlyList<ConfigArgument> arguments, List<ConfigProblem> problems)
    {
        List<ConfigAssignment> assignments = [];
        foreach (ConfigArgument argument in arguments)
        {
            string where = $"command line {argument.Option}";
            if (SettingCatalog.FindWithAliases(argument.Key) is { } setting)
                assignments.Add(new ConfigAssignment(
                    setting, setting.IsList ? YamlSource.SplitList(argument.Text) : [argument.Text.Trim()], where, where));
            else
                problems.Add(new ConfigProblem(where, argument.Key, $"there is no setting {argument.Key}.{SettingCatalog.Suggestion(argument.Key)}"));
        }
        return assignments;
    }
}

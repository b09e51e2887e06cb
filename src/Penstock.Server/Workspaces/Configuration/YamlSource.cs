using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Penstock.Server.Workspaces.Configuration;

/// <summary>Reads <c>penstock.yaml</c> into assignments and queues, noting every wrong key with its line.</summary>
internal sealed class YamlSource(List<ConfigProblem> problems)
{
    private readonly YamlLimits _limits = new(problems);

    private readonly ScheduleSource _schedules = new(problems);

    public List<ConfigAssignment> Assignments { get; } = [];
    public IReadOnlyList<QueueSettings> Queues => _limits.Queues;
    public IReadOnlyList<ResourceSettings> Resources => _limits.Resources;
    public List<ScheduleSettings> Schedules => _schedules.Schedules;

    /// <summary>Where the queues are listed; null when they are not.</summary>
    public string? QueuesOrigin { get; private set; }

    public List<OperationSettings> Operations { get; } = [];

    /// <summary>Where the workspace's own operations are listed; null when they are not.</summary>
    public string? OperationsOrigin { get; private set; }

    /// <summary>Where the resources are listed; null when they are not.</summary>
    public string? ResourcesOrigin { get; private set; }

    /// <summary>Where the schedules are listed; null when they are not.</summary>
    public string? SchedulesOrigin { get; private set; }

    public void Read(string text)
    {
        YamlStream stream = [];
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException error)
        {
            problems.Add(new ConfigProblem(Line(error.Start), "", $"this is not YAML: {error.Message.TrimEnd('.')}."));
            return;
        }
        if (stream.Documents.Count == 0 || IsEmpty(stream.Documents[0].RootNode))
            return;
        if (stream.Documents[0].RootNode is not YamlMappingNode root)
        {
            problems.Add(new ConfigProblem(Line(stream.Documents[0].RootNode.Start), "", "the file must be a mapping of sections, such as 'worker:'."));
            return;
        }
        foreach ((YamlNode key, YamlNode value) in root)
            ReadEntry(key, value);
    }

    private void ReadEntry(YamlNode key, YamlNode value)
    {
        string name = TextOf(key);
        if (name == "queues")
        {
            QueuesOrigin = IsEmpty(value) ? null : Line(key.Start);
            _limits.ReadQueues(value);
        }
        else if (name == "resources")
        {
            ResourcesOrigin = IsEmpty(value) ? null : Line(key.Start);
            _limits.ReadResources(value);
        }
        else if (name == "operations")
        {
            OperationsOrigin = IsEmpty(value) ? null : Line(key.Start);
            ReadOperations(value);
        }
        else if (name == "schedules")
        {
            SchedulesOrigin = IsEmpty(value) ? null : Line(key.Start);
            _schedules.Read(value);
        }
        else if (value is YamlMappingNode section && SettingCatalog.Find(name) is null)
        {
            foreach ((YamlNode innerKey, YamlNode innerValue) in section)
                Assign($"{name}.{TextOf(innerKey)}", innerKey, innerValue);
        }
        // A section whose entries are all commented out is empty, not wrong.
        else if (!(IsEmpty(value) && SettingCatalog.All.Any(setting => setting.Key.StartsWith(name + ".", StringComparison.Ordinal))))
            Assign(name, key, value);
    }

    private void Assign(string name, YamlNode key, YamlNode value)
    {
        string where = Line(key.Start);
        if (SettingCatalog.Find(name) is not { } setting)
        {
            problems.Add(new ConfigProblem(where, name, $"there is no setting {name}.{SettingCatalog.Suggestion(name)}"));
            return;
        }
        if (IsEmpty(value))
            return;
        List<string>? texts = value switch
        {
            YamlSequenceNode list when list.All(item => item is YamlScalarNode) => list.Select(TextOf).ToList(),
            YamlScalarNode scalar => setting.IsList ? SplitList(scalar.Value ?? "") : [scalar.Value ?? ""],
            _ => null,
        };
        if (texts is null)
            problems.Add(new ConfigProblem(where, name, $"{name} takes {(setting.IsList ? "a list of texts" : "one value")}, not a structure."));
        else
            Assignments.Add(new ConfigAssignment(setting, texts, where, where));
    }

    public static List<string> SplitList(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    internal static string Line(Mark mark) => $"{Workspace.ConfigFileName} line {mark.Line}";

    private void ReadOperations(YamlNode node)
    {
        if (IsEmpty(node))
            return;
        if (node is not YamlSequenceNode list)
        {
            problems.Add(new ConfigProblem(Line(node.Start), "operations", "operations is a list of entries such as '- name: proteins.fold'."));
            return;
        }
        foreach (YamlNode entry in list)
        {
            if (new OperationEntry(problems).Read(entry) is not { } operation)
                continue;
            if (Operations.Exists(other => other.Name == operation.Name))
                problems.Add(new ConfigProblem(Line(entry.Start), "operations.name", $"operation {operation.Name} is listed twice."));
            else if (Operations.Find(other => other.Queue == operation.Queue && other.Kind != operation.Kind) is { } mixed)
                problems.Add(new ConfigProblem(Line(entry.Start), "operations.queue",
                    $"operation {operation.Name} is {operation.Kind} and {mixed.Name} is {mixed.Kind}, and both name queue {operation.Queue}; give one of them a queue of its own."));
            else
                Operations.Add(operation);
        }
    }

    internal static string TextOf(YamlNode node) => (node as YamlScalarNode)?.Value ?? node.ToString();

    internal static bool IsEmpty(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };
}

using System.Globalization;
using Penstock.Engine.Operations;
using YamlDotNet.RepresentationModel;

namespace Penstock.Server.Workspaces.Configuration;

/// <summary>Reads the lists <c>queues</c> and <c>resources</c> of <c>penstock.yaml</c>.</summary>
internal sealed class YamlLimits(List<ConfigProblem> problems)
{
    private static readonly string[] QueueKeys = ["name", "max_running", "on_lost", "finished", "max_running_per_key", "rate", "rate_per_key"];
    private static readonly string[] ResourceKeys = ["name", "capacity", "rate"];

    public List<QueueSettings> Queues { get; } = [];
    public List<ResourceSettings> Resources { get; } = [];

    public void ReadQueues(YamlNode node) => ReadList(node, "queues", "- name: protea.jobs", ReadQueue);

    public void ReadResources(YamlNode node) => ReadList(node, "resources", "- {name: 'gpu:0', capacity: 1}", ReadResource);

    private void ReadList(YamlNode node, string list, string example, Action<YamlMappingNode> readEntry)
    {
        if (YamlSource.IsEmpty(node))
            return;
        if (node is not YamlSequenceNode entries)
        {
            problems.Add(new ConfigProblem(YamlSource.Line(node.Start), list, $"{list} is a list of entries such as '{example}'."));
            return;
        }
        foreach (YamlNode entry in entries)
        {
            if (entry is YamlMappingNode mapping)
                readEntry(mapping);
            else
                problems.Add(new ConfigProblem(YamlSource.Line(entry.Start), list, $"an entry of {list} has keys, such as '{example}'."));
        }
    }

    private void ReadQueue(YamlMappingNode mapping)
    {
        int before = problems.Count;
        QueueSettings queue = new("", null, "requeue");
        foreach ((YamlNode key, YamlNode value) in mapping)
        {
            string text = YamlSource.TextOf(value);
            switch (YamlSource.TextOf(key))
            {
                case "name":
                    queue = queue with { Name = text };
                    break;
                case "max_running":
                    queue = queue with { MaxRunning = Whole(key, value, "queues", "max_running", 1, 100_000) };
                    break;
                case "max_running_per_key":
                    queue = queue with { MaxRunningPerKey = Whole(key, value, "queues", "max_running_per_key", 1, 100_000) };
                    break;
                case "rate":
                    queue = queue with { Rate = ReadRate(key, value, "queues", "rate") };
                    break;
                case "rate_per_key":
                    queue = queue with { RatePerKey = ReadRate(key, value, "queues", "rate_per_key") };
                    break;
                case "on_lost" when text is "requeue" or "fail":
                    queue = queue with { OnLost = text };
                    break;
                case "on_lost":
                    Wrong(key, "queues.on_lost", $"on_lost is '{text}'; requeue or fail is needed.");
                    break;
                case "finished" when text is "immutable" or "requeueable":
                    queue = queue with { Finished = text };
                    break;
                case "finished":
                    Wrong(key, "queues.finished", $"finished is '{text}'; immutable or requeueable is needed.");
                    break;
                case string other:
                    WrongKey(key, "queues", "a queue", other, QueueKeys);
                    break;
            }
        }
        if (CheckName(mapping, "queues", "queue", queue.Name, Queues.Exists(known => known.Name == queue.Name)) && problems.Count == before)
            Queues.Add(queue);
    }

    private void ReadResource(YamlMappingNode mapping)
    {
        int before = problems.Count;
        (string name, int? capacity, RateLimit? rate) = ("", null, null);
        foreach ((YamlNode key, YamlNode value) in mapping)
        {
            switch (YamlSource.TextOf(key))
            {
                case "name":
                    name = YamlSource.TextOf(value);
                    break;
                case "capacity":
                    capacity = Whole(key, value, "resources", "capacity", 0, ResourceDefinition.CapacityMax);
                    break;
                case "rate":
                    rate = ReadRate(key, value, "resources", "rate");
                    break;
                case string other:
                    WrongKey(key, "resources", "a resource", other, ResourceKeys);
                    break;
            }
        }
        if (!CheckName(mapping, "resources", "resource", name, Resources.Exists(known => known.Name == name)) || problems.Count > before)
            return;
        if (capacity is null)
            Wrong(mapping, "resources.capacity", $"resource {name} needs a capacity: how many units of it can be in use at once.");
        else if (new ResourceDefinition(name, capacity.Value).Problem is { } problem)
            Wrong(mapping, "resources.name", $"resource {name} cannot be: {problem}.");
        else
            Resources.Add(new ResourceSettings(name, capacity.Value) { Rate = rate });
    }

    /// <summary><c>{count: 100, per_seconds: 60}</c></summary>
    private RateLimit? ReadRate(YamlNode key, YamlNode value, string list, string name)
    {
        if (YamlSource.IsEmpty(value))
            return null;
        (int? count, double? seconds) = (null, null);
        IEnumerable<KeyValuePair<YamlNode, YamlNode>> parts = value is YamlMappingNode mapping ? mapping.Children : [];
        foreach ((YamlNode inner, YamlNode number) in parts)
        {
            string text = YamlSource.TextOf(number);
            switch (YamlSource.TextOf(inner))
            {
                case "count" when int.TryParse(text, CultureInfo.InvariantCulture, out int whole):
                    count = whole;
                    break;
                case "per_seconds" when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double length)
                    && length >= 0 && length <= RateLimit.PerMax.TotalSeconds:
                    seconds = length;
                    break;
                default:
                    Wrong(inner, $"{list}.{name}", $"{name} has {YamlSource.TextOf(inner)}: '{text}'; a whole count and a length per_seconds are needed, such as {{count: 100, per_seconds: 60}}.");
                    return null;
            }
        }
        if (count is null || seconds is null)
        {
            Wrong(key, $"{list}.{name}", $"{name} needs a count and a length per_seconds, such as {{count: 100, per_seconds: 60}}.");
            return null;
        }
        RateLimit rate = new(count.Value, TimeSpan.FromSeconds(seconds.Value));
        if (rate.Problem is { } problem)
            Wrong(key, $"{list}.{name}", $"{name} cannot hold: {problem}.");
        return rate;
    }

    private int? Whole(YamlNode key, YamlNode value, string list, string name, int min, int max)
    {
        if (YamlSource.IsEmpty(value))
            return null;
        string text = YamlSource.TextOf(value);
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max)
            return number;
        Wrong(key, $"{list}.{name}", $"{name} is '{text}'; a whole number from {min} to {max} is needed{(name == "capacity" ? "" : ", or nothing for no limit")}.");
        return null;
    }

    private bool CheckName(YamlMappingNode entry, string list, string what, string name, bool isKnown)
    {
        if (name.Trim().Length == 0)
            Wrong(entry, $"{list}.name", $"a {what} needs a name.");
        else if (isKnown)
            Wrong(entry, $"{list}.name", $"{what} {name} is listed twice.");
        else
            return true;
        return false;
    }

    private void WrongKey(YamlNode key, string list, string what, string wrong, string[] known)
    {
        string? near = EditDistance.Nearest(wrong, known);
        Wrong(key, $"{list}.{wrong}", $"{what} has no {wrong}.{(near is null ? "" : $" Did you mean {near}?")}");
    }

    private void Wrong(YamlNode at, string key, string message) => problems.Add(new ConfigProblem(YamlSource.Line(at.Start), key, message));
}

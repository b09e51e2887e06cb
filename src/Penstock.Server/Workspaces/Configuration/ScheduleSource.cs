using System.Globalization;
using System.Text.Json;
using Penstock.Engine;
using Penstock.Engine.Scheduling;
using YamlDotNet.RepresentationModel;

namespace Penstock.Server.Workspaces.Configuration;

/// <summary>Reads the section <c>schedules</c>, noting everything that is wrong with its line.</summary>
internal sealed class ScheduleSource(List<ConfigProblem> problems)
{
    private static readonly string[] Keys =
        ["name", "operation", "cron", "time_zone", "payload", "queue_name", "priority", "misfire", "catch_up_max", "jitter_seconds"];

    public List<ScheduleSettings> Schedules { get; } = [];

    public void Read(YamlNode node)
    {
        if (YamlSource.IsEmpty(node))
            return;
        if (node is not YamlSequenceNode list)
        {
            problems.Add(new ConfigProblem(YamlSource.Line(node.Start), "schedules", "schedules is a list of entries such as '- name: nightly'."));
            return;
        }
        foreach (YamlNode entry in list)
        {
            if (entry is YamlMappingNode mapping)
                ReadEntry(mapping);
            else
                Wrong(entry, "", "an entry of schedules has at least the keys name, operation and cron.");
        }
    }

    private void ReadEntry(YamlMappingNode mapping)
    {
        int before = problems.Count;
        ScheduleSettings schedule = new("", "", "");
        foreach ((YamlNode key, YamlNode value) in mapping)
        {
            try
            {
                schedule = Take(schedule, key, value);
            }
            catch (PenstockException error)
            {
                Wrong(key, YamlSource.TextOf(key), error.Message);
            }
        }
        if (schedule.Name.Length == 0)
            Wrong(mapping, "name", "a schedule needs a name.");
        if (schedule.Operation.Length == 0)
            Wrong(mapping, "operation", $"schedule {schedule.Name} needs an operation.");
        if (schedule.Cron.Length == 0)
            Wrong(mapping, "cron", $"schedule {schedule.Name} needs a cron expression, such as '0 2 * * *' or '@every 15m'.");
        if (Schedules.Exists(other => other.Name == schedule.Name))
            Wrong(mapping, "name", $"schedule {schedule.Name} is listed twice.");
        if (problems.Count == before)
            Schedules.Add(schedule);
    }

    /// <exception cref="PenstockException">The value is not possible; its message says why.</exception>
    private static ScheduleSettings Take(ScheduleSettings schedule, YamlNode key, YamlNode value)
    {
        string text = YamlSource.TextOf(value);
        string name = YamlSource.TextOf(key);
        switch (name)
        {
            case "name":
                return ScheduleRegistry.ProblemOfName(text) is { } wrong ? throw new ScheduleInvalidException(wrong) : schedule with { Name = text };
            case "operation":
                return schedule with { Operation = text };
            case "cron":
                CronExpression.Parse(text);
                return schedule with { Cron = text };
            case "time_zone":
                TimeZones.Find(text);
                return schedule with { TimeZone = text };
            case "payload":
                return schedule with { Payload = PayloadOf(value) };
            case "queue_name":
                return schedule with { QueueName = YamlSource.IsEmpty(value) ? null : text };
            case "priority":
                return schedule with { Priority = (int)Number("priority", text, -1_000, 1_000, whole: true) };
            case "misfire":
                return schedule with { Misfire = MisfirePolicyText.Parse(text).ToText() };
            case "catch_up_max":
                return schedule with { CatchUpMax = (int)Number("catch_up_max", text, 1, ScheduleRegistry.CatchUpLimit, whole: true) };
            case "jitter_seconds":
                return schedule with { JitterSeconds = Number("jitter_seconds", text, 0, 86_400, whole: false) };
            default:
                string? near = EditDistance.Nearest(name, Keys);
                throw new ScheduleInvalidException($"a schedule has no {name}.{(near is null ? "" : $" Did you mean {near}?")}");
        }
    }

    private static string PayloadOf(YamlNode value)
    {
        if (value is not YamlMappingNode mapping)
            throw new ScheduleInvalidException("payload is a mapping of the operation's members.");
        try
        {
            return YamlJson.Write(mapping);
        }
        catch (JsonException error)
        {
            throw new ScheduleInvalidException($"payload cannot be JSON: {error.Message}.");
        }
    }

    private static double Number(string key, string text, double min, double max, bool whole) =>
        double.TryParse(text, whole ? NumberStyles.AllowLeadingSign : NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && number >= min && number <= max
            ? number
            : throw new ScheduleInvalidException($"{key} is '{text}'; a {(whole ? "whole " : "")}number from {min} to {max} is needed.");

    private void Wrong(YamlNode at, string key, string message) => problems.Add(new ConfigProblem(YamlSource.Line(at.Start), $"schedules.{key}", message));
}

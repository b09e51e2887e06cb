using System.Text.RegularExpressions;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;

namespace Penstock.Engine.Scheduling;

/// <summary>The schedules this program declares, and the rules any schedule keeps.</summary>
public sealed partial class ScheduleRegistry
{
    public const int CatchUpLimit = 1_000;
    private static readonly TimeSpan JitterMax = TimeSpan.FromHours(24);

    private readonly JobDrafting _drafting;
    private readonly OperationRegistry _operations;

    /// <exception cref="SchedulesInvalidException">With everything that is wrong in the declarations.</exception>
    public ScheduleRegistry(IEnumerable<ScheduleDefinition> declared, JobDrafting drafting, OperationRegistry operations)
    {
        (_drafting, _operations) = (drafting, operations);
        // The last word on a name wins, so that penstock.yaml can override what a pipeline declared.
        Dictionary<string, ScheduleDefinition> byName = new(StringComparer.Ordinal);
        foreach (ScheduleDefinition definition in declared)
            byName[definition.Name] = definition;
        Declared = [.. byName.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];
        List<string> problems = [];
        foreach (ScheduleDefinition definition in Declared)
        {
            try
            {
                Check(definition);
            }
            catch (PenstockException error)
            {
                problems.Add($"{definition.Name}: {error.Message}");
            }
        }
        if (problems.Count > 0)
            throw new SchedulesInvalidException(problems);
    }

    public IReadOnlyList<ScheduleDefinition> Declared { get; }

    /// <exception cref="ScheduleInvalidException"/>
    /// <exception cref="CronInvalidException"/>
    /// <exception cref="TimeZoneUnknownException"/>
    /// <exception cref="UnknownOperationException"/>
    /// <exception cref="InvalidPayloadException"/>
    public void Check(ScheduleDefinition definition)
    {
        if (ProblemOfName(definition.Name) is { } wrong)
            throw new ScheduleInvalidException(wrong);
        CronExpression.Parse(definition.Cron);
        TimeZones.Find(definition.TimeZone);
        if (definition.CatchUpMax is < 1 or > CatchUpLimit)
            throw new ScheduleInvalidException($"catch_up_max is {definition.CatchUpMax}; 1 to {CatchUpLimit} are possible.");
        if (definition.Jitter < TimeSpan.Zero || definition.Jitter > JitterMax)
            throw new ScheduleInvalidException($"jitter_seconds is {definition.Jitter.TotalSeconds:0.###}; 0 to {JitterMax.TotalSeconds:0} are possible.");
        // Every job of it must pass what any job passes; found now, not at its first slot in the night.
        _drafting.Draft(new NewJob(definition.Operation, definition.Payload) { QueueName = definition.QueueName, Priority = definition.Priority });
        OperationRegistry.ReadPayload(_operations.Operation(definition.Operation), definition.Payload);
    }

    /// <returns>A sentence, or null: it is a name.</returns>
    public static string? ProblemOfName(string name) => ScheduleName().IsMatch(name)
        ? null
        : $"'{name}' is no name of a schedule: 1 to 100 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.";

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,99}\z")]
    private static partial Regex ScheduleName();
}

using System.Text.Json;
using Penstock.Client;
using Penstock.Client.Operations;
using Penstock.Client.Schedules;
using Penstock.Console.Hosting;

namespace Penstock.Console.Schedules;

/// <summary>The form of a schedule, as it was opened or as it was sent: a refusal loses nothing of what was typed.</summary>
/// <param name="Existing">The schedule that is changed; null: a new one.</param>
/// <param name="Problem">Why it was not taken.</param>
public sealed record ScheduleFormModel(
    string? Existing, ScheduleFields Fields, IReadOnlyList<OperationView> Operations, SchedulePreview? Preview = null, string? Problem = null);

/// <summary>What stands in the fields.</summary>
public sealed record ScheduleFields
{
    private static readonly JsonSerializerOptions Indented = new(PenstockJson.Options) { WriteIndented = true };

    public string Name { get; init; } = "";
    public string Operation { get; init; } = "";
    public string Payload { get; init; } = "{}";
    public string Queue { get; init; } = "";
    public string Priority { get; init; } = "0";
    public string Cron { get; init; } = "0 2 * * *";
    public string TimeZone { get; init; } = "UTC";
    public string Misfire { get; init; } = "fire_once";
    public string CatchUpMax { get; init; } = "10";
    public string JitterSeconds { get; init; } = "0";

    internal static ScheduleFields Of(ScheduleView schedule) => new()
    {
        Name = schedule.Name,
        Operation = schedule.Operation,
        Payload = JsonSerializer.Serialize(schedule.Payload, Indented),
        Queue = schedule.QueueName ?? "",
        Priority = $"{schedule.Priority}",
        Cron = schedule.Cron,
        TimeZone = schedule.TimeZone,
        Misfire = schedule.Misfire,
        CatchUpMax = $"{schedule.CatchUpMax}",
        JitterSeconds = FormattableString.Invariant($"{schedule.JitterSeconds}"),
    };

    internal static ScheduleFields Of(ConsoleForm form) => new()
    {
        Name = form.Text("name") ?? "",
        Operation = form.Text("operation") ?? "",
        Payload = form.Text("payload") ?? "{}",
        Queue = form.Text("queue") ?? "",
        Priority = form.Text("priority") ?? "0",
        Cron = form.Text("cron") ?? "",
        TimeZone = form.Text("time_zone") ?? "UTC",
        Misfire = form.Text("misfire") ?? "fire_once",
        CatchUpMax = form.Text("catch_up_max") ?? "10",
        JitterSeconds = form.Text("jitter_seconds") ?? "0",
    };

    /// <exception cref="InvalidFormException"/>
    internal ScheduleRequest ToRequest(ConsoleForm form)
    {
        try
        {
            return new ScheduleRequest(form.Required("operation"), form.Required("cron"))
            {
                Payload = JsonSerializer.Deserialize<JsonElement>(Payload),
                QueueName = form.Text("queue"),
                Priority = form.Whole("priority") ?? 0,
                TimeZone = TimeZone,
                Misfire = Misfire,
                CatchUpMax = form.Whole("catch_up_max"),
                JitterSeconds = form.Number("jitter_seconds") ?? 0,
            };
        }
        catch (JsonException error)
        {
            throw new InvalidFormException($"The payload is not JSON: {error.Message}");
        }
    }
}

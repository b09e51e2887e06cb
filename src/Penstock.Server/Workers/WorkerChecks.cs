using System.Text.Json;
using System.Text.RegularExpressions;
using Penstock.Client.Workers;
using Penstock.Engine;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Engine.Workers.Remote;

namespace Penstock.Server.Workers;

/// <summary>What remote workers send, checked: each refusal names the member, the value, and what would do.</summary>
internal static partial class WorkerChecks
{
    private const int SlotsMax = 1_024;
    private const int LabelsMax = 20;
    private const int LabelLengthMax = 100;
    private const int LimitMax = 1_000;
    private const int HoldingMax = 10_000;
    private const double WaitSecondsMax = 30;
    private const double DelaySecondsMax = 600;
    private const double DurationSecondsMax = 31_536_000;
    private const int CodeLengthMax = 100;

    public static RemoteWorkerProfile Profile(WorkerRegistration worker)
    {
        if (worker.Slots is < 1 or > SlotsMax)
            throw Wrong("slots", $"{worker.Slots}", $"1 to {SlotsMax}");
        if (worker.Host is null || !HostName().IsMatch(worker.Host))
            throw Wrong("host", worker.Host ?? "null", "1 to 100 letters, digits, dots and hyphens");
        if (worker.Pid < 0)
            throw Wrong("pid", $"{worker.Pid}", "the number of the worker's process");
        IReadOnlyDictionary<string, string> labels = worker.Labels ?? new Dictionary<string, string>();
        if (labels.Count > LabelsMax || labels.Any(label => label.Key.Length > LabelLengthMax || label.Value is not { Length: <= LabelLengthMax }))
            throw Wrong("labels", $"{labels.Count} entries", $"up to {LabelsMax}, each up to {LabelLengthMax} characters");
        return new RemoteWorkerProfile(worker.Queues ?? [], worker.Slots, worker.Host, worker.Pid) { Labels = labels };
    }

    public static int Limit(int limit) => limit is >= 1 and <= LimitMax ? limit : throw Wrong("limit", $"{limit}", $"1 to {LimitMax}");

    public static TimeSpan Wait(double seconds) => seconds is >= 0 and <= WaitSecondsMax
        ? TimeSpan.FromSeconds(seconds)
        : throw Wrong("wait_seconds", $"{seconds}", $"0 to {WaitSecondsMax}");

    public static IReadOnlyList<UnitKey> Units(IReadOnlyList<string>? holding) => holding is not { Count: > HoldingMax }
        ? [.. (holding ?? []).Select(Unit)]
        : throw Wrong("holding", $"a list of {holding.Count}", $"up to {HoldingMax} keys");

    public static UnitKey Unit(string text) => UnitKey.TryParse(text ?? "", out UnitKey unit)
        ? unit
        : throw Wrong("unit", text ?? "null", "a key as the claim gave it, such as job-17-42");

    public static JobEventDraft Event(UnitEvent told)
    {
        if (told.Name is null || !EventName().IsMatch(told.Name))
            throw Wrong("name", told.Name ?? "null", "noun.past_verb of lower-case letters, digits, dots and underscores, up to 100");
        if (told.Name.StartsWith("job.", StringComparison.Ordinal) || told.Name.StartsWith("child.", StringComparison.Ordinal))
            throw Wrong("name", told.Name, "a name of your own: job. and child. are the engine's");
        JobEventLevel level = told.Level switch
        {
            "info" => JobEventLevel.Info,
            "warning" => JobEventLevel.Warning,
            "error" => JobEventLevel.Error,
            _ => throw Wrong("level", told.Level ?? "null", "info, warning or error"),
        };
        if (told.Fields is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) } fields)
            throw Wrong("fields", fields.ValueKind.ToString(), "a JSON object");
        return new JobEventDraft(told.Name, level, told.Message, told.Fields is { ValueKind: JsonValueKind.Object } given ? given.GetRawText() : "{}");
    }

    public static Progress? Progress(UnitProgress? progress) => progress switch
    {
        null => null,
        { Current: >= 0 } when progress.Total is null || progress.Total >= progress.Current => new Progress(progress.Current, progress.Total),
        _ => throw Wrong("progress", $"{progress.Current} of {progress.Total}", "current from 0 to total"),
    };

    public static RemoteEnd End(UnitKey unit, UnitFinish finish) => finish.Outcome switch
    {
        "succeeded" when unit.IsItem && finish.Result is null => throw Wrong("result", "null", "of an item its payload in the next stage; {} in the last"),
        "succeeded" => new RemoteEnd.Succeeded(finish.Result is { } result ? result.GetRawText() : "null"),
        "failed" => new RemoteEnd.Failed(Code(finish.ErrorCode), finish.ErrorMessage ?? "", finish.Retryable),
        "snoozed" => new RemoteEnd.PutOff(finish.ErrorMessage ?? "", Delay(finish.DelaySeconds)),
        "released" => new RemoteEnd.Released(),
        _ => throw Wrong("outcome", finish.Outcome ?? "null", "succeeded, failed, snoozed or released"),
    };

    public static TimeSpan Duration(double seconds) => seconds is >= 0 and <= DurationSecondsMax
        ? TimeSpan.FromSeconds(seconds)
        : throw Wrong("duration_seconds", $"{seconds}", $"0 to {DurationSecondsMax}");

    private static string Code(string? code) => code is { Length: >= 1 and <= CodeLengthMax }
        ? code
        : throw Wrong("error_code", code ?? "null", $"1 to {CodeLengthMax} characters when the outcome is failed");

    private static TimeSpan Delay(double? seconds) => seconds is >= 0 and <= DelaySecondsMax
        ? TimeSpan.FromSeconds(seconds.Value)
        : throw Wrong("delay_seconds", seconds is null ? "null" : $"{seconds}", $"0 to {DelaySecondsMax} when the outcome is snoozed");

    private static WorkerCallInvalidException Wrong(string member, string value, string allowed) => new(member, value, allowed);

    [GeneratedRegex(@"^[A-Za-z0-9.\-]{1,100}$")]
    private static partial Regex HostName();

    [GeneratedRegex(@"^(?=.{1,100}$)[a-z0-9_]+(\.[a-z0-9_]+)*$")]
    private static partial Regex EventName();
}

public sealed class WorkerCallInvalidException(string member, string value, string allowed) : PenstockException(
    "worker-call-invalid", $"{member} is {value}; it must be {allowed}.");

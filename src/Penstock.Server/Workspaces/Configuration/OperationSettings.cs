using Penstock.Engine.Exec;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;

namespace Penstock.Server.Workspaces.Configuration;

/// <summary>One entry of <c>operations</c>: an operation of the workspace's own.</summary>
/// <param name="Kind"><c>exec</c>: a program of the system; <c>external</c>: run by remote workers.</param>
public sealed record OperationSettings(string Name, string Kind, string Queue)
{
    public string Summary { get; init; } = "";

    /// <summary>Longest run of one attempt; null: no limit.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Failures allowed before a job becomes a dead letter; null: 3.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Units of named resources that each run holds.</summary>
    public IReadOnlyDictionary<string, int> Resources { get; init; } = new Dictionary<string, int>();

    /// <summary>Whether payloads and results are stored encrypted only.</summary>
    public bool EncryptPayload { get; init; }

    /// <summary>Members that no view shows, beside those of <c>security.masked_fields</c>.</summary>
    public IReadOnlyList<string> MaskedFields { get; init; } = [];

    /// <summary>Program and arguments; exec only, as everything below.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Relative to the workspace; null: the workspace.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables of the server that the program gets.</summary>
    public IReadOnlyList<string> Env { get; init; } = ExecDefinition.UsualEnvironment;
    public IReadOnlyDictionary<string, string> SetEnv { get; init; } = new Dictionary<string, string>();
    public long? MemoryBytes { get; init; }
    public long? OutputBytes { get; init; }

    /// <summary>What exit codes mean: <c>retry</c>, <c>fail</c> or <c>snooze</c>.</summary>
    public IReadOnlyDictionary<int, ExitMeaning> ExitCodes { get; init; } = ExecDefinition.UsualExitCodes;
    public double? SnoozeSeconds { get; init; }
    public double? GraceSeconds { get; init; }

    internal RetryPolicy Retry => MaxAttempts is { } attempts ? RetryPolicy.Default with { MaxAttempts = attempts } : RetryPolicy.Default;
    internal TimeSpan? Timeout => TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    internal OperationSecrecy Secrecy => new(EncryptPayload) { MaskedFields = MaskedFields };

    internal ExecDefinition ToExec()
    {
        ExecDefinition exec = new(Name, Queue, Command)
        {
            Summary = Summary,
            WorkingDirectory = WorkingDirectory,
            Environment = Env,
            SetEnvironment = SetEnv,
            Timeout = Timeout,
            Retry = Retry,
            Resources = Resources,
            EncryptsPayload = EncryptPayload,
            MaskedFields = MaskedFields,
            MemoryBytesMax = MemoryBytes,
            ExitCodes = ExitCodes,
        };
        return exec with
        {
            OutputBytesMax = OutputBytes ?? exec.OutputBytesMax,
            SnoozeDelay = SnoozeSeconds is { } snooze ? TimeSpan.FromSeconds(snooze) : exec.SnoozeDelay,
            StopGrace = GraceSeconds is { } grace ? TimeSpan.FromSeconds(grace) : exec.StopGrace,
        };
    }
}

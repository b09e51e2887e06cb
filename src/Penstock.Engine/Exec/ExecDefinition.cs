using System.Text.RegularExpressions;
using Penstock.Engine.Outcomes;

namespace Penstock.Engine.Exec;

/// <summary>An operation that runs a program of the system, without a shell in between.</summary>
/// <param name="Command">
/// The program, then its arguments. An argument that is exactly <c>{member}</c> is replaced by that member of the payload, as one
/// argument whatever it holds; <c>{{text}}</c> stands for <c>{text}</c> itself.
/// </param>
public sealed partial record ExecDefinition(string Name, string QueueName, IReadOnlyList<string> Command)
{
    /// <summary>Variables a program gets from this process unless its definition names others.</summary>
    public static readonly IReadOnlyList<string> UsualEnvironment = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"];

    /// <summary>EX_TEMPFAIL of sysexits.h means what a snooze means.</summary>
    public static readonly IReadOnlyDictionary<int, ExitMeaning> UsualExitCodes = new Dictionary<int, ExitMeaning> { [75] = ExitMeaning.Snooze };

    /// <summary>One line for help texts and listings.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Where the program starts; relative to <see cref="ExecOptions.BaseFolder"/>; null: there.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Names of variables passed on from this process; all others are hidden from the program.</summary>
    public IReadOnlyList<string> Environment { get; init; } = UsualEnvironment;

    /// <summary>Variables with fixed values; they win over passed ones.</summary>
    public IReadOnlyDictionary<string, string> SetEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>Longest run of one attempt; null: no limit.</summary>
    public TimeSpan? Timeout { get; init; }
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>Whether payloads and results are stored encrypted only; output lines and events are not.</summary>
    public bool EncryptsPayload { get; init; }

    /// <summary>Members that no view shows, beside those whose names look like secrets.</summary>
    public IReadOnlyList<string> MaskedFields { get; init; } = [];

    /// <summary>Units of named resources that each run holds, such as one of <c>gpu</c>.</summary>
    public IReadOnlyDictionary<string, int> Resources { get; init; } = new Dictionary<string, int>();

    /// <summary>Address space of each process of the program; null: no limit.</summary>
    public long? MemoryBytesMax { get; init; }

    /// <summary>Bytes of output kept in the history per attempt; the program may write more. Default 256 KiB.</summary>
    public long OutputBytesMax { get; init; } = 256 << 10;

    /// <summary>What exit codes mean; 0 is success, and any other that is not named here may be retried.</summary>
    public IReadOnlyDictionary<int, ExitMeaning> ExitCodes { get; init; } = UsualExitCodes;

    /// <summary>The n-th snooze in a row waits <c>min(this * 2^n, 600 s)</c>. Default 30 s.</summary>
    public TimeSpan SnoozeDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between the request to stop (SIGTERM) and the end (SIGKILL). Default 5 s; shorter when the lease is in doubt.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whole sentences about what is wrong; empty: it can be registered.</summary>
    public IEnumerable<string> Problems()
    {
        if (!OperationName().IsMatch(Name))
            yield return $"name is '{Name}'; lower-case letters, digits, dots, dashes and underscores are needed, such as proteins.fold.";
        if (string.IsNullOrWhiteSpace(QueueName))
            yield return "queue is missing: name the queue its jobs wait in.";
        if (Command.Count == 0 || string.IsNullOrWhiteSpace(Command[0]))
            yield return "command is missing: a list of the program and its arguments, such as [awk, -f, count.awk].";
        else if (ExecArguments.MemberOf(Command[0]) is not null)
            yield return $"command begins with '{Command[0]}'; the program itself must be fixed, or a payload could name any program.";
        if (Command.Any(argument => argument.Contains('\0', StringComparison.Ordinal)))
            yield return "command holds a zero character, which no argument can carry.";
        foreach (string variable in Environment.Concat(SetEnvironment.Keys).Where(name => !VariableName().IsMatch(name)))
            yield return $"'{variable}' is not the name of an environment variable.";
        foreach (int code in ExitCodes.Keys.Where(code => code is < 1 or > 255))
            yield return $"exit code {code} cannot be mapped; 1 to 255 can, and 0 is success.";
        if (MemoryBytesMax is < 1 << 20)
            yield return $"memory_bytes is {MemoryBytesMax}; at least 1048576 is needed to start any program.";
        if (OutputBytesMax is < 0 or > 1 << 26)
            yield return $"output_bytes is {OutputBytesMax}; 0 to 67108864 is needed.";
        if (Timeout <= TimeSpan.Zero || SnoozeDelay <= TimeSpan.Zero || StopGrace < TimeSpan.Zero || StopGrace > TimeSpan.FromMinutes(10))
            yield return "timeout_seconds and snooze_seconds must be above 0, and grace_seconds 0 to 600.";
    }

    /// <exception cref="ExecInvalidException"/>
    public void Check()
    {
        List<string> problems = [.. Problems()];
        if (problems.Count > 0)
            throw new ExecInvalidException(Name, problems);
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9_.-]{0,99}\z")]
    private static partial Regex OperationName();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex VariableName();
}

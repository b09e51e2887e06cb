using System.Globalization;
using Penstock.Engine;
using Penstock.Engine.Operations;

namespace Penstock.Simulation.Workload;

/// <summary>What an execution does is written in its payload: one act for each attempt, the last one from then on.</summary>
internal static class Scripts
{
    /// <summary>Runs the act of this attempt: <c>name</c> or <c>name:seconds</c>.</summary>
    /// <param name="tell">Writes an event of the job; null for items.</param>
    public static async Task RunAsync(
        IReadOnlyList<string> acts, int attempt, bool healed, Execution execution, Func<string, Task>? tell, TimeProvider time,
        CancellationToken cancellationToken)
    {
        string[] act = acts[Math.Min(attempt, acts.Count) - 1].Split(':');
        TimeSpan length = TimeSpan.FromSeconds(act.Length > 1 ? double.Parse(act[1], CultureInfo.InvariantCulture) : 0);
        switch (act[0])
        {
            case "ok" or "unstorable":
                break;
            case "slow":
                await Task.Delay(length, time, cancellationToken);
                break;
            case "stubborn":
                await Task.Delay(length, time, CancellationToken.None);
                break;
            case "touchy":
                // What an operation does on cancellation may itself fail.
                using (cancellationToken.Register(() => throw new InvalidOperationException("scripted failure of a callback")))
                    await Task.Delay(length, time, cancellationToken);
                break;
            case "chatty":
                await TalkAsync(length, tell, time, cancellationToken);
                break;
            case "fail" when !healed:
                throw new TimeoutException("scripted failure");
            case "fatal" when !healed:
                throw new ScriptedErrorException(ErrorKind.Invalid);
            case "full":
                throw new ScriptedErrorException(ErrorKind.StorageFull);
            case "snooze":
                throw new RetryLaterException("scripted snooze", length);
            case "kill" when !healed:
                execution.KillProcess();
                await Task.Delay(Timeout.InfiniteTimeSpan, time, CancellationToken.None);
                break;
            case "fail" or "fatal" or "kill":
                break; // Healed by the operator.
            default:
                throw new ArgumentException($"No act '{act[0]}'.", nameof(acts));
        }
    }

    private static async Task TalkAsync(TimeSpan length, Func<string, Task>? tell, TimeProvider time, CancellationToken cancellationToken)
    {
        TimeSpan sentence = TimeSpan.FromSeconds(3);
        for (TimeSpan said = TimeSpan.Zero; said < length; said += sentence)
        {
            await Task.Delay(sentence, time, cancellationToken);
            if (tell is not null)
                await tell("sim.talked");
        }
    }
}

internal sealed class ScriptedErrorException(ErrorKind kind) : PenstockException("sim-scripted", "scripted error")
{
    public override ErrorKind Kind { get; } = kind;
}

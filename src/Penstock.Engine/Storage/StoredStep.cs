namespace Penstock.Engine.Storage;

/// <summary>What a step of a job left.</summary>
/// <param name="Name">As given; its n-th use in one execution is <c>name#n</c>.</param>
/// <param name="Output">JSON text: the value of a step, the wake time of a sleep, the payload of a signal, the ends of children.</param>
public sealed record StoredStep(string Name, StepKind Kind, StepOutcome Outcome, string Output);

/// <summary>A step to be stored as completed.</summary>
/// <param name="Duration">How long its work took.</param>
public sealed record StepDraft(string Name, StepKind Kind, string Output, TimeSpan Duration)
{
    /// <summary>Characters of JSON one step may leave.</summary>
    public const int OutputMax = 1_048_576;
}

/// <summary>What kind of step it is; code that asks for another kind under the same name was changed.</summary>
public enum StepKind
{
    Step,
    Sleep,
    Signal,
    Children,
}

/// <summary>How a step ended. Only a redrive of the job forgets steps that did not complete.</summary>
public enum StepOutcome
{
    Completed,

    /// <summary>A signal did not come in time.</summary>
    TimedOut,

    /// <summary>Not all children succeeded.</summary>
    Failed,
}

/// <summary>The lower-case texts of steps in SQL and JSON.</summary>
public static class StepText
{
    private static readonly string[] Kinds = ["step", "sleep", "signal", "children"];
    private static readonly string[] Outcomes = ["completed", "timed_out", "failed"];

    public static string ToText(this StepKind kind) => Kinds[(int)kind];

    public static string ToText(this StepOutcome outcome) => Outcomes[(int)outcome];

    public static StepKind ParseKind(string text) => (StepKind)Array.IndexOf(Kinds, text);

    public static StepOutcome ParseOutcome(string text) => (StepOutcome)Array.IndexOf(Outcomes, text);
}

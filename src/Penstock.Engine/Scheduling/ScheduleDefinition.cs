namespace Penstock.Engine.Scheduling;

/// <summary>What is to be enqueued by the clock, and when.</summary>
/// <param name="Name">Lower-case letters, digits, <c>.</c>, <c>_</c> and <c>-</c>; up to 100 characters.</param>
/// <param name="Operation">Registered name of the operation each job runs.</param>
/// <param name="Cron">Five fields, a nickname such as <c>@daily</c>, or an interval such as <c>@every 15m</c>.</param>
public sealed record ScheduleDefinition(string Name, string Operation, string Cron)
{
    /// <summary>JSON object text.</summary>
    public string Payload { get; init; } = "{}";

    /// <summary>Null: the operation's own queue.</summary>
    public string? QueueName { get; init; }

    /// <summary>Higher runs first; -1000 to 1000.</summary>
    public int Priority { get; init; }

    /// <summary>Whose wall clock the expression means: an IANA name, or UTC.</summary>
    public string TimeZone { get; init; } = TimeZones.Utc;

    /// <summary>What becomes of slots that passed while no scheduler ran.</summary>
    public MisfirePolicy Misfire { get; init; } = MisfirePolicy.FireOnce;

    /// <summary>With <see cref="MisfirePolicy.CatchUp"/>: the newest missed slots that still run; older ones are dropped. 1 to 1000.</summary>
    public int CatchUpMax { get; init; } = 10;

    /// <summary>Each job starts up to this much later, by a delay that is fixed for its slot. 0 to 24 h.</summary>
    public TimeSpan Jitter { get; init; }
}

/// <summary>What becomes of slots that passed while no scheduler ran.</summary>
public enum MisfirePolicy
{
    /// <summary>One job stands for all of them: that of the newest.</summary>
    FireOnce,

    /// <summary>They are dropped.</summary>
    Skip,

    /// <summary>Each gets its job, up to a limit.</summary>
    CatchUp,
}

/// <summary>The texts of <see cref="MisfirePolicy"/> in SQL, JSON and configuration.</summary>
public static class MisfirePolicyText
{
    private static readonly string[] Texts = ["fire_once", "skip", "catch_up"];

    public static IReadOnlyList<string> All => Texts;

    public static string ToText(this MisfirePolicy policy) => Texts[(int)policy];

    public static bool TryParse(string text, out MisfirePolicy policy)
    {
        int index = Array.IndexOf(Texts, text);
        policy = (MisfirePolicy)Math.Max(index, 0);
        return index >= 0;
    }

    /// <exception cref="ScheduleInvalidException"/>
    public static MisfirePolicy Parse(string text) => TryParse(text, out MisfirePolicy policy)
        ? policy
        : throw new ScheduleInvalidException($"misfire is '{text}'; {string.Join(", ", Texts)} are possible.");
}

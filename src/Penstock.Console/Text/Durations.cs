namespace Penstock.Console.Text;

/// <summary>Lengths of time as people say them: at most two units, rounded down.</summary>
internal static class Durations
{
    /// <summary>Such as <c>840 ms</c>, <c>4.2 s</c>, <c>3 min 05 s</c>, <c>2 h 10 min</c>, <c>5 d 3 h</c>.</summary>
    public static string Say(TimeSpan length)
    {
        if (length < TimeSpan.Zero)
            length = TimeSpan.Zero;
        return length switch
        {
            { TotalSeconds: < 1 } => $"{Math.Floor(length.TotalMilliseconds):0} ms",
            { TotalSeconds: < 10 } => $"{Math.Floor(length.TotalSeconds * 10) / 10:0.0} s",
            { TotalMinutes: < 1 } => $"{length.Seconds} s",
            { TotalHours: < 1 } => $"{length.Minutes} min {length.Seconds:00} s",
            { TotalDays: < 1 } => $"{length.Hours} h {length.Minutes:00} min",
            _ => $"{Numbers.Group((long)length.TotalDays)} d {length.Hours} h",
        };
    }

    /// <summary>One unit, for columns and for estimates: <c>12 s</c>, <c>3 min</c>, <c>2 h</c>, <c>5 d</c>.</summary>
    public static string SayShort(TimeSpan length)
    {
        if (length < TimeSpan.Zero)
            length = TimeSpan.Zero;
        return length switch
        {
            { TotalMinutes: < 1 } => $"{(long)length.TotalSeconds} s",
            { TotalHours: < 1 } => $"{(long)length.TotalMinutes} min",
            { TotalDays: < 2 } => $"{(long)length.TotalHours} h",
            _ => $"{Numbers.Group((long)length.TotalDays)} d",
        };
    }
}

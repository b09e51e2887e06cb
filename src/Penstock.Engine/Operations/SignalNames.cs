namespace Penstock.Engine.Operations;

/// <summary>How signals may be named: 1 to 200 characters without spaces or control characters.</summary>
public static class SignalNames
{
    public const int LengthMax = 200;

    /// <summary>The name of a signal that belongs to one job.</summary>
    public static string Own(Guid jobId, string name) => $"{jobId}/{name}";

    /// <exception cref="InvalidSignalException"/>
    public static string Checked(string name) =>
        name.Length is > 0 and <= LengthMax && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            ? name
            : throw new InvalidSignalException(
                $"A signal's name has 1 to {LengthMax} characters without spaces; '{(name.Length > LengthMax ? name[..LengthMax] + "..." : name)}' is none.");
}

using Penstock.Engine;

namespace Penstock.Ops;

/// <summary>The bounds of every listing.</summary>
public static class PageSize
{
    /// <exception cref="ParameterOutOfRangeException"/>
    public static int Checked(int? limit, int usual, int most) => limit switch
    {
        null => usual,
        < 1 => throw new ParameterOutOfRangeException("limit", $"{limit}", $"1 to {most}"),
        { } wanted when wanted > most => throw new ParameterOutOfRangeException("limit", $"{limit}", $"1 to {most}"),
        { } wanted => wanted,
    };

    /// <exception cref="ParameterOutOfRangeException"/>
    public static int CheckedOffset(int? offset) =>
        offset is < 0 ? throw new ParameterOutOfRangeException("offset", $"{offset}", "0 or more") : offset ?? 0;
}

public sealed class ParameterOutOfRangeException(string parameter, string value, string allowed) : PenstockException(
    "parameter-out-of-range", $"{parameter} is {value}; it must be {allowed}.")
{
    public override ErrorKind Kind => ErrorKind.Malformed;
}

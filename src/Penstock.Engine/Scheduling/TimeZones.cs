using System.Security;
using System.Text.RegularExpressions;

namespace Penstock.Engine.Scheduling;

/// <summary>Time zones by their IANA names, as the machine's database has them.</summary>
public static partial class TimeZones
{
    public const string Utc = "UTC";

    /// <exception cref="TimeZoneUnknownException"/>
    public static TimeZoneInfo Find(string name)
    {
        // Known even where the machine has no database.
        if (name == Utc)
            return TimeZoneInfo.Utc;
        try
        {
            // A name is also a path below the database's folder: let nothing else through.
            if (ZoneName().IsMatch(name))
                return TimeZoneInfo.FindSystemTimeZoneById(name);
        }
        catch (Exception error) when (error is TimeZoneNotFoundException or InvalidTimeZoneException or SecurityException or UnauthorizedAccessException or IOException)
        {
            // No such file, or one that is no time zone: the answer below says so.
        }
        throw new TimeZoneUnknownException(name, TimeZoneInfo.GetSystemTimeZones().Count > 1);
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$")]
    private static partial Regex ZoneName();
}

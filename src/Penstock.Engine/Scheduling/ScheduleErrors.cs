namespace Penstock.Engine.Scheduling;

public sealed class CronInvalidException(string expression, string what) : PenstockException(
    "cron-invalid", $"The schedule expression '{expression}' cannot be used: {what}");

public sealed class TimeZoneUnknownException(string zone, bool anyKnown) : PenstockException(
    "time-zone-unknown",
    anyKnown
        ? $"There is no time zone '{zone}'. Give a name of the IANA database such as Europe/Berlin, or UTC."
        : $"There is no time zone '{zone}': this machine has no time zone database. Install the package tzdata, or use UTC.");

public sealed class ScheduleInvalidException(string message) : PenstockException("schedule-invalid", message);

/// <summary>What the program declares about schedules is wrong; all of it at once.</summary>
public sealed class SchedulesInvalidException(IReadOnlyCollection<string> problems) : PenstockException(
    "schedules-invalid", $"The declared schedules cannot be used: {string.Join(" ", problems)}");

public sealed class ScheduleNotFoundException(string name) : PenstockException(
    "schedule-not-found", $"There is no schedule '{name}'. List schedules to see their names.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}

public sealed class ScheduleDeclaredException(string name) : PenstockException(
    "schedule-declared",
    $"Schedule '{name}' is declared by the program or its penstock.yaml: change or remove it there. Pausing and running it now is possible here.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

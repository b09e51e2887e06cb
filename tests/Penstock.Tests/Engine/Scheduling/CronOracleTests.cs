using Penstock.Engine.Scheduling;
using Xunit;

namespace Penstock.Tests.Engine.Scheduling;

/// <summary>Random expressions against a slow oracle: a walk over every minute of four years, asking the zone for each.</summary>
public sealed class CronOracleTests
{
    private const int ExpressionsPerZone = 36;
    private static readonly DateTimeOffset First = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Last = new(2029, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("UTC")]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Africa/Casablanca")] // four changes a year, by the moon
    [InlineData("America/Sao_Paulo")] // none any more
    public void Every_slot_of_four_years_is_the_one_the_oracle_finds_minute_by_minute(string zone)
    {
        TimeZoneInfo info = TimeZones.Find(zone);
        DateTime[] walls = Walls(info);
        Random random = new(20_260_322);
        for (int i = 0; i < ExpressionsPerZone; i++)
        {
            RandomCron cron = RandomCron.Make(random);
            List<DateTimeOffset> expected = Oracle(cron, walls);
            List<DateTimeOffset> found = [.. CronExpression.Parse(cron.Text).After(First.AddTicks(-1), info).TakeWhile(s => s < Last)];
            int wrong = Enumerable.Range(0, Math.Max(expected.Count, found.Count))
                .FirstOrDefault(n => n >= expected.Count || n >= found.Count || expected[n] != found[n], -1);
            if (wrong >= 0)
                Assert.Fail($"{cron.Text} in {zone}: slot {wrong} is {At(found, wrong)}; the oracle says {At(expected, wrong)}");
        }
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    public void From_every_minute_around_a_change_the_next_slot_is_the_oracles(string zone)
    {
        TimeZoneInfo info = TimeZones.Find(zone);
        DateTime[] walls = Walls(info);
        int[] changes = [.. Enumerable.Range(1, walls.Length - 1).Where(m => walls[m] != walls[m - 1].AddMinutes(1))];
        Assert.Equal(8, changes.Length); // two a year
        Random random = new(7);
        for (int i = 0; i < 12; i++)
        {
            RandomCron cron = RandomCron.AroundNight(random);
            CronExpression expression = CronExpression.Parse(cron.Text);
            List<DateTimeOffset> slots = Oracle(cron, walls);
            foreach (int change in changes)
            {
                int next = 0;
                for (int minute = change - 300; minute < change + 300; minute++)
                {
                    DateTimeOffset after = First.AddMinutes(minute).AddSeconds(minute % 60);
                    while (next < slots.Count && slots[next] <= after)
                        next++;
                    if (next < slots.Count)
                        Assert.True(slots[next] == expression.NextAfter(after, info), $"{cron.Text} in {zone} after {after:u}");
                }
            }
        }
    }

    private static string At(List<DateTimeOffset> slots, int index) => index < slots.Count ? $"{slots[index]:u}" : "none";

    private static DateTime[] Walls(TimeZoneInfo zone)
    {
        DateTime[] walls = new DateTime[(int)(Last - First).TotalMinutes];
        for (int minute = 0; minute < walls.Length; minute++)
            walls[minute] = TimeZoneInfo.ConvertTimeFromUtc(First.UtcDateTime.AddMinutes(minute), zone);
        return walls;
    }

    /// <summary>Open minutes or hours: each minute whose reading matches. Else: each minute at which the clock reaches or passes a match for the first time.</summary>
    private static List<DateTimeOffset> Oracle(RandomCron cron, DateTime[] walls)
    {
        List<DateTimeOffset> slots = [];
        DateTime reached = walls[0].AddMinutes(-1);
        for (int minute = 0; minute < walls.Length; minute++)
        {
            bool due = false;
            if (cron.FollowsElapsedTime)
                due = cron.Matches(walls[minute]);
            else
            {
                for (; reached < walls[minute]; reached = reached.AddMinutes(1))
                    due |= cron.Matches(reached.AddMinutes(1));
            }
            if (due)
                slots.Add(First.AddMinutes(minute));
        }
        return slots;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Operations;
using Penstock.Engine.Scheduling;
using Penstock.Engine.Storage;
using Penstock.Sqlite;
using Xunit;

namespace Penstock.EndToEnd.Docs;

/// <summary>The code of docs/guides/schedules.md, compiled and run.</summary>
public sealed class Schedules
{
    [Fact]
    public async Task The_declared_schedule_of_the_guide_exists_after_the_start()
    {
        ServiceCollection services = new();
        services.AddLogging();
        Declare(services);
        services.AddSingleton(new SqliteOptions(":memory:")); // the last word: a test leaves no file
        await using ServiceProvider provider = services.BuildServiceProvider();
        await provider.GetRequiredService<StoreStartup>().RunAsync(TestContext.Current.CancellationToken);
        Schedule schedule = Assert.Single(await provider.GetRequiredService<IScheduleStore>().ListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("weekly-report", """{"team":"annotation"}"""), (schedule.Name, schedule.Definition.Payload));
        Assert.Equal(DayOfWeek.Monday, TimeZoneInfo.ConvertTime(schedule.NextAt!.Value, TimeZones.Find("Europe/Berlin")).DayOfWeek);
    }

    private static void Declare(ServiceCollection services)
    {
        #region declare
        services.AddPenstock(builder => builder
            .UseSqlite("penstock.db")
            .AddOperation<SendReport>("reports.send_report", "reports", "Sends the report of a team.")
            .AddSchedule(
                new ScheduleDefinition("weekly-report", "reports.send_report", "0 8 * * mon")
                {
                    TimeZone = "Europe/Berlin",
                    Misfire = MisfirePolicy.FireOnce,
                    Jitter = TimeSpan.FromMinutes(5),
                },
                new SendReport.Payload("annotation")));
        services.AddPenstockWorker(); // runs jobs, and ticks schedules
        #endregion
    }

    private sealed class SendReport : Operation<SendReport.Payload, SendReport.Result>
    {
        public sealed record Payload(string Team);
        public sealed record Result(int Recipients);

        public override Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) =>
            Task.FromResult(new Result(1));
    }
}

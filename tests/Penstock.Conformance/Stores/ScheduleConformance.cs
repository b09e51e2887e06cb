using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Operations;
using Penstock.Engine.Scheduling;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Sql.Scheduling;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>I12: per schedule and slot at most one job, and at least one unless the policy says otherwise.</summary>
public abstract class ScheduleConformance : StoreConformance
{
    // The suite's clock begins at 12:00.
    private static readonly ScheduleDefinition Hourly = new("hourly", "nothing", "0 * * * *");

    private IScheduleStore Schedules => Engine.Services.GetRequiredService<IScheduleStore>();
    private IScheduleClient Client => Engine.Services.GetRequiredService<IScheduleClient>();
    private TickPlanner Planner => Engine.Services.GetRequiredService<TickPlanner>();
    private ILeadershipStore Leases => Engine.Services.GetRequiredService<ILeadershipStore>();

    [Fact]
    public async Task A_slot_becomes_a_job_when_it_is_due_and_not_before()
    {
        await Client.SetAsync(Hourly with { Payload = """{"a":1}""", Priority = 7 }, Cancel);
        Time.Advance(TimeSpan.FromMinutes(60) - TimeSpan.FromTicks(1));
        Assert.Empty(await Schedules.DueAsync(10, Cancel));
        Assert.Null(await TickAsync("hourly"));
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["hourly"], await Schedules.DueAsync(10, Cancel));

        Job job = await JobAsync(Assert.Single((await TickAsync("hourly"))!.Jobs));
        Assert.Equal(("nothing", """{"a":1}""", 7, "schedule:hourly:2026-03-01T13:00:00Z"), (job.Operation, job.Payload, job.Priority, job.IdempotencyKey));
        Assert.Contains("\"slot_at\":\"2026-03-01T13:00:00+00:00\"", job.Meta, StringComparison.Ordinal);
        Schedule after = await FindAsync("hourly");
        Assert.Equal(("13:00", "14:00", job.Id, JobStatus.Queued), (Clock(after.LastSlotAt), Clock(after.NextAt), after.LastJobId, after.LastJobStatus));
        Assert.Empty(await Schedules.DueAsync(10, Cancel));
    }

    [Fact]
    public async Task Trap_two_schedulers_fire_twice()
    {
        await Client.SetAsync(Hourly, Cancel);
        Time.Advance(TimeSpan.FromHours(1));
        ScheduleTick?[] ticks = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => TickAsync("hourly"), Cancel)));
        Assert.Single(ticks.SelectMany(tick => tick?.Jobs ?? []));
        Assert.Equal(["13:00"], await SlotsAsync("hourly"));
    }

    [Fact]
    public async Task A_tick_that_does_not_commit_leaves_neither_a_job_nor_a_moved_schedule()
    {
        await Client.SetAsync(Hourly, Cancel);
        Time.Advance(TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Schedules.TickAsync(
            "hourly",
            (schedule, now) =>
            {
                TickPlan plan = Planner.Plan(schedule, now);
                // Stands for a death between the jobs and the move: a queue the store does not know fails the transaction.
                return plan with { Jobs = [.. plan.Jobs, plan.Jobs[0] with { Id = Guid.Empty, QueueName = "nowhere", IdempotencyKey = null }] };
            },
            Cancel));
        Assert.Empty(await ClaimManyAsync("worker-a"));
        Assert.Equal("13:00", Clock((await FindAsync("hourly")).NextAt));
        Assert.Single((await TickAsync("hourly"))!.Jobs);
    }

    [Fact]
    public async Task The_key_makes_a_slot_one_job_even_if_the_schedule_is_made_anew()
    {
        await Client.SetAsync(Hourly, Cancel);
        Time.Advance(TimeSpan.FromHours(1));
        Guid job = Assert.Single((await TickAsync("hourly"))!.Jobs);
        await Client.RemoveAsync("hourly", Cancel);
        // As after a clock that was set back: the new one believes that 13:00 is still to come.
        await Schedules.SetAsync(Hourly, _ => At("2026-03-01T13:00:00Z"), Cancel);
        Assert.Empty((await TickAsync("hourly"))!.Jobs);
        Assert.Equal(job, ((JobLease)Assert.Single(await ClaimManyAsync("worker-a"))).JobId);
    }

    [Theory]
    [InlineData(MisfirePolicy.FireOnce, "15:00")]
    [InlineData(MisfirePolicy.Skip)]
    [InlineData(MisfirePolicy.CatchUp, "14:00", "15:00")]
    public async Task Missed_slots_are_settled_by_the_policy(MisfirePolicy policy, params string[] fired)
    {
        await Client.SetAsync(Hourly with { Misfire = policy, CatchUpMax = 2 }, Cancel);
        Time.Advance(TimeSpan.FromMinutes(210)); // 15:30
        ScheduleTick tick = (await TickAsync("hourly"))!;
        Assert.Equal(fired, await SlotsAsync("hourly"));
        Assert.True(tick.Plan.Dropped);
        Assert.Equal(("15:00", "16:00"), (Clock((await FindAsync("hourly")).LastSlotAt), Clock((await FindAsync("hourly")).NextAt)));
    }

    [Theory]
    [InlineData(MisfirePolicy.FireOnce, "15:00")]
    [InlineData(MisfirePolicy.Skip, "15:00")]
    [InlineData(MisfirePolicy.CatchUp, "13:00", "14:00", "15:00")]
    public async Task A_slot_within_its_grace_fires_under_every_policy_and_stands_for_the_missed_under_fire_once(MisfirePolicy policy, params string[] fired)
    {
        await Client.SetAsync(Hourly with { Misfire = policy }, Cancel);
        Time.Advance(TimeSpan.FromHours(3) + TickPlanner.Grace);
        await TickAsync("hourly");
        Assert.Equal(fired, await SlotsAsync("hourly"));
    }

    [Fact]
    public async Task A_year_of_missed_minutes_comes_down_to_the_newest_few()
    {
        await Client.SetAsync(new ScheduleDefinition("minutely", "nothing", "* * * * *") { Misfire = MisfirePolicy.CatchUp, CatchUpMax = 3 }, Cancel);
        Time.Advance(TimeSpan.FromDays(365) + TimeSpan.FromSeconds(61));
        await TickAsync("minutely");
        // 12:01:01: 12:01 is on time, 12:00 is 61 s old.
        Assert.Equal(["11:58", "11:59", "12:00", "12:01"], await SlotsAsync("minutely"));
    }

    [Fact]
    public async Task A_paused_schedule_makes_nothing_and_resumed_it_does_not_make_up_for_the_pause()
    {
        await Client.SetAsync(Hourly with { Misfire = MisfirePolicy.CatchUp }, Cancel);
        Schedule paused = await Client.PauseAsync("hourly", "user:ada", Cancel);
        Assert.Equal((Time.GetUtcNow(), "user:ada"), (paused.PausedAt, paused.PausedBy));
        Time.Advance(TimeSpan.FromMinutes(210));
        Assert.Empty(await Schedules.DueAsync(10, Cancel));
        Assert.Null(await TickAsync("hourly"));
        Assert.Equal("16:00", Clock((await Client.ResumeAsync("hourly", Cancel)).NextAt));
        Assert.Null(await TickAsync("hourly"));
        Time.Advance(TimeSpan.FromMinutes(30));
        await TickAsync("hourly");
        Assert.Equal(["16:00"], await SlotsAsync("hourly"));
    }

    [Fact]
    public async Task A_run_by_hand_makes_a_job_at_once_paused_or_not_and_leaves_the_slots_alone()
    {
        await Client.SetAsync(Hourly, Cancel);
        await Client.PauseAsync("hourly", "user:ada", Cancel);
        Guid first = await Client.RunNowAsync("hourly", "user:ada", Cancel);
        Guid second = await Client.RunNowAsync("hourly", "user:ada", Cancel);
        Assert.Equal([first, second], (await ClaimManyAsync("worker-a")).Cast<JobLease>().Select(l => l.JobId));
        Assert.Equal(("13:00", second), (Clock((await FindAsync("hourly")).NextAt), (await FindAsync("hourly")).LastJobId));
        Assert.All(await Schedules.RunsAsync("hourly", null, 10, Cancel), run => Assert.Equal((true, Time.GetUtcNow()), (run.ByHand, run.Slot)));
    }

    [Fact]
    public async Task Jitter_delays_a_slot_by_a_time_of_its_own_that_never_changes()
    {
        TimeSpan most = TimeSpan.FromSeconds(300);
        await Client.SetAsync(Hourly with { Jitter = most }, Cancel);
        List<TimeSpan> delays = [];
        for (int hour = 13; hour < 23; hour++)
        {
            Time.Advance(TimeSpan.FromHours(1));
            Job job = await JobAsync(Assert.Single((await TickAsync("hourly"))!.Jobs));
            delays.Add(job.RunAt!.Value - At($"2026-03-01T{hour}:00:00Z"));
        }
        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.Zero, most));
        Assert.Equal(10, delays.Distinct().Count());
        // Worked out once; a changed number here changes when existing schedules run.
        Assert.Equal(SlotKey.Jitter("hourly", At("2026-03-01T13:00:00Z"), most), delays[0]);
        Assert.Equal(TimeSpan.FromMilliseconds(105_284), delays[0]);
    }

    [Fact]
    public async Task A_change_of_the_times_starts_anew_and_never_before_what_was_settled()
    {
        await Client.SetAsync(Hourly, Cancel);
        Time.Advance(TimeSpan.FromHours(1));
        await TickAsync("hourly");
        (Schedule changed, bool isNew) = await Client.SetAsync(Hourly with { Cron = "*/20 * * * *" }, Cancel);
        Assert.Equal((false, "13:20"), (isNew, Clock(changed.NextAt)));
        // A change of anything else leaves the next slot, even one that is overdue.
        Time.Advance(TimeSpan.FromMinutes(25));
        (changed, _) = await Client.SetAsync(changed.Definition with { Priority = 3 }, Cancel);
        Assert.Equal("13:20", Clock(changed.NextAt));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_fires_no_slot_twice_whatever_is_done_to_the_schedule()
    {
        await Client.SetAsync(Hourly, Cancel);
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Single((await TickAsync("hourly"))!.Jobs);
        ManualTimeProvider back = new(At("2026-03-01T12:30:00Z"));
        SqlScheduleStore behind = new(
            Engine.Database, Engine.Services.GetRequiredService<IWakeUps>(), back, Engine.Services.GetRequiredService<IdGenerator>());
        Func<Schedule, DateTimeOffset, DateTimeOffset?> next = (s, after) => CronExpression.Parse(s.Definition.Cron).NextAfter(after, TimeZoneInfo.Utc);

        back.Advance(TimeSpan.FromMinutes(30));
        Assert.Empty(await behind.DueAsync(10, Cancel));
        Assert.Null(await behind.TickAsync("hourly", Planner.Plan, Cancel));
        await behind.PauseAsync("hourly", "user:ada", Cancel);
        Assert.Equal("14:00", Clock((await behind.ResumeAsync("hourly", next, Cancel)).NextAt));
        ScheduleDefinition oftener = Hourly with { Cron = "*/20 * * * *" };
        (Schedule changed, _) = await behind.SetAsync(oftener, after => CronExpression.Parse(oftener.Cron).NextAfter(after, TimeZoneInfo.Utc), Cancel);
        Assert.Equal("13:20", Clock(changed.NextAt));
        Assert.Equal(["13:00"], await SlotsAsync("hourly"));
    }

    [Fact]
    public async Task Declared_schedules_follow_the_program_and_keep_what_people_and_the_clock_did()
    {
        await DeclareAsync(Hourly, Hourly with { Name = "other" });
        await Assert.ThrowsAsync<ScheduleDeclaredException>(() => Client.SetAsync(Hourly with { Priority = 1 }, Cancel));
        await Assert.ThrowsAsync<ScheduleDeclaredException>(() => Client.RemoveAsync("hourly", Cancel));
        await Client.PauseAsync("other", "user:ada", Cancel);
        Time.Advance(TimeSpan.FromMinutes(150));

        // Restarted unchanged: what was missed meanwhile is still to be settled.
        await DeclareAsync(Hourly, Hourly with { Name = "other", Priority = 2 });
        Assert.Equal("13:00", Clock((await FindAsync("hourly")).NextAt));
        Assert.Equal(("user:ada", 2), ((await FindAsync("other")).PausedBy, (await FindAsync("other")).Definition.Priority));

        // No longer declared: paused, seen, and free to be removed.
        Assert.Equal(["hourly"], await Schedules.RetireAsync(["other"], Cancel));
        Assert.Equal(Schedule.Undeclared, (await FindAsync("hourly")).PausedBy);
        Assert.Empty(await Schedules.DueAsync(10, Cancel));

        // Declared again: it goes on from now.
        await DeclareAsync(Hourly);
        Assert.Equal((null, "15:00"), ((await FindAsync("hourly")).PausedBy, Clock((await FindAsync("hourly")).NextAt)));
        await Schedules.RetireAsync([], Cancel);
        await Client.RemoveAsync("hourly", Cancel);
        Assert.Equal("other", Assert.Single(await Schedules.ListAsync(Cancel)).Name);
    }

    [Fact]
    public async Task Schedules_made_over_the_API_are_not_retired()
    {
        await Client.SetAsync(Hourly, Cancel);
        Assert.Empty(await Schedules.RetireAsync([], Cancel));
        Assert.Null((await FindAsync("hourly")).PausedAt);
    }

    [Fact]
    public async Task The_history_has_the_newest_slot_first_page_by_page_and_no_other_schedules_jobs()
    {
        await Client.SetAsync(Hourly with { Name = "hourly-2" }, Cancel);
        await Client.SetAsync(Hourly, Cancel);
        for (int i = 0; i < 4; i++)
        {
            Time.Advance(TimeSpan.FromHours(1));
            await TickAsync("hourly");
            await TickAsync("hourly-2");
        }
        IReadOnlyList<ScheduleRun> page = await Schedules.RunsAsync("hourly", null, 3, Cancel);
        Assert.Equal(["16:00", "15:00", "14:00"], page.Select(run => Clock(run.Slot)));
        Assert.Equal(["13:00"], (await Schedules.RunsAsync("hourly", page[^1].Slot, 3, Cancel)).Select(run => Clock(run.Slot)));
        Assert.Empty(await Schedules.RunsAsync("hourl", null, 3, Cancel));
    }

    [Fact]
    public async Task What_is_wrong_with_one_schedule_is_noted_on_it_and_holds_up_no_other()
    {
        await Client.SetAsync(Hourly, Cancel);
        await Client.SetAsync(Hourly with { Name = "broken" }, Cancel);
        await Schedules.SetAsync(Hourly with { Name = "broken", Operation = "gone" }, _ => At("2026-03-01T13:00:00Z"), Cancel);
        Time.Advance(TimeSpan.FromHours(1));
        Scheduler scheduler = NewScheduler("one");
        Assert.Equal(1, await scheduler.RunCycleAsync(Cancel));
        Schedule broken = await FindAsync("broken");
        Assert.Contains("There is no operation 'gone'", broken.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal("13:00", Clock(broken.NextAt)); // nothing is lost: it fires once it can
        await Client.SetAsync(Hourly with { Name = "broken" }, Cancel);
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, await scheduler.RunCycleAsync(Cancel));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await scheduler.RunCycleAsync(Cancel));
        Assert.Null((await FindAsync("broken")).ErrorMessage);
    }

    [Fact]
    public async Task One_process_leads_until_its_lease_runs_out_or_it_steps_down()
    {
        Leadership one = new(Leases, "chore", "one", Time);
        Leadership two = new(Leases, "chore", "two", Time);
        Assert.True(await one.HoldAsync(Cancel));
        Assert.False(await two.HoldAsync(Cancel));
        Time.Advance(Leadership.Lease - TimeSpan.FromSeconds(1));
        Assert.True(await one.HoldAsync(Cancel)); // renewed
        Time.Advance(Leadership.Lease);
        Assert.False(await two.HoldAsync(Cancel));
        Time.Advance(TimeSpan.FromTicks(10));
        Assert.True(await two.HoldAsync(Cancel)); // taken over
        Assert.False(await one.HoldAsync(Cancel)); // and the sleeper learns of it
        await two.StepDownAsync(Cancel);
        Assert.Null(await Leases.FindAsync("chore", Cancel));
        Assert.True(await one.HoldAsync(Cancel));
        Assert.Equal("one", (await Leases.FindAsync("chore", Cancel))!.Value.Holder);
    }

    [Fact]
    public async Task A_lease_from_a_clock_that_ran_ahead_holds_nobody_up()
    {
        Assert.True(await Leases.HoldAsync("chore", "ahead", TimeSpan.FromDays(400), Cancel));
        Assert.True(await Leases.HoldAsync("chore", "right", Leadership.Lease, Cancel));
        Assert.False(await Leases.HoldAsync("chore", "third", Leadership.Lease, Cancel));
    }

    [Fact]
    public async Task Of_two_schedulers_only_the_leader_ticks()
    {
        await Client.SetAsync(Hourly, Cancel);
        Scheduler one = NewScheduler("one");
        Scheduler two = NewScheduler("two");
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await one.RunCycleAsync(Cancel));
        await Client.SetAsync(Hourly with { Name = "second", Cron = "@every 5s" }, Cancel);
        Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, await two.RunCycleAsync(Cancel));
        Assert.Equal(1, await one.RunCycleAsync(Cancel));
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("a:b")]
    [InlineData("")]
    [InlineData("a/b")]
    public async Task A_name_that_would_not_fit_a_key_or_an_address_is_refused(string name)
    {
        ScheduleInvalidException error = await Assert.ThrowsAsync<ScheduleInvalidException>(() => Client.SetAsync(Hourly with { Name = name }, Cancel));
        Assert.Equal("schedule-invalid", error.Code);
        Assert.Empty(await Schedules.ListAsync(Cancel));
    }

    [Fact]
    public async Task What_no_job_could_be_made_of_is_refused_when_it_is_said()
    {
        await Assert.ThrowsAsync<UnknownOperationException>(() => Client.SetAsync(Hourly with { Operation = "gone" }, Cancel));
        await Assert.ThrowsAsync<UnknownQueueException>(() => Client.SetAsync(Hourly with { QueueName = "gone" }, Cancel));
        await Assert.ThrowsAsync<InvalidJobException>(() => Client.SetAsync(Hourly with { Payload = "[]" }, Cancel));
        await Assert.ThrowsAsync<CronInvalidException>(() => Client.SetAsync(Hourly with { Cron = "0 0 30 2 *" }, Cancel));
        await Assert.ThrowsAsync<TimeZoneUnknownException>(() => Client.SetAsync(Hourly with { TimeZone = "Mars/Olympus" }, Cancel));
        await Assert.ThrowsAsync<ScheduleInvalidException>(() => Client.SetAsync(Hourly with { CatchUpMax = 0 }, Cancel));
        await Assert.ThrowsAsync<ScheduleInvalidException>(() => Client.SetAsync(Hourly with { Jitter = TimeSpan.FromDays(2) }, Cancel));
        await Assert.ThrowsAsync<ScheduleNotFoundException>(() => Client.RunNowAsync("hourly", "me", Cancel));
        await Assert.ThrowsAsync<ScheduleNotFoundException>(() => Client.PauseAsync("hourly", "me", Cancel));
        await Assert.ThrowsAsync<ScheduleNotFoundException>(() => Client.ResumeAsync("hourly", Cancel));
        await Assert.ThrowsAsync<ScheduleNotFoundException>(() => Client.RemoveAsync("hourly", Cancel));
        Assert.Empty(await Schedules.ListAsync(Cancel));
    }

    [Fact]
    public void All_that_is_wrong_in_the_declarations_is_said_at_once()
    {
        SchedulesInvalidException error = Assert.Throws<SchedulesInvalidException>(() => new ScheduleRegistry(
            [Hourly with { Cron = "61 * * * *" }, Hourly with { Name = "b", Operation = "gone" }, Hourly with { Name = "c" }],
            Engine.Services.GetRequiredService<JobDrafting>(), Engine.Services.GetRequiredService<OperationRegistry>()));
        Assert.Contains("hourly: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("b: There is no operation 'gone'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c: ", error.Message, StringComparison.Ordinal);
    }

    private Task<ScheduleTick?> TickAsync(string name) => Schedules.TickAsync(name, Planner.Plan, Cancel);

    private async Task<Schedule> FindAsync(string name) => (await Schedules.FindAsync(name, Cancel))!;

    private Task DeclareAsync(params ScheduleDefinition[] definitions) => Schedules.DeclareAsync(
        definitions, (d, after) => CronExpression.Parse(d.Cron).NextAfter(after, TimeZones.Find(d.TimeZone)), Cancel);

    /// <summary>Oldest first.</summary>
    private async Task<string[]> SlotsAsync(string name) =>
        [.. (await Schedules.RunsAsync(name, null, 100, Cancel)).Reverse().Select(run => Clock(run.Slot))];

    private Scheduler NewScheduler(string holder) => new(
        Schedules, Engine.Services.GetRequiredService<ScheduleRegistry>(), Planner,
        new Leadership(Leases, Scheduler.LeadershipName, holder, Time), Time, NullLogger<Scheduler>.Instance);

    private static string Clock(DateTimeOffset? at) => at?.ToString("HH:mm", CultureInfo.InvariantCulture) ?? "";

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

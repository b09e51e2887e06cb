using System.Globalization;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Simulation.Faults;
using Penstock.Simulation.Invariants;
using Penstock.Simulation.Scheduling;
using Penstock.Sql;

namespace Penstock.Simulation.Workload;

/// <summary>Sends signals early, late, twice, between a job's look and its wait, and in the very instant of a deadline.</summary>
internal sealed class Signaller(World world, SimulatedProcess process, Random random)
{
    private const int Names = 6;

    private const string DeadlinesSql = "select name, deadline from signal_wait where deadline is not null order by name";

    // Held by the policy: someone has to decide.
    private const string HeldSql = """
        select distinct d.job_id from job_dependency d join job j on j.id = d.depends_on_id
         where d.resolved_at is null and d.step = '' and j.status in ('failed', 'cancelled')
        """;

    private readonly IJobClient _client = world.ClientFor(world.StoreFor(process));

    public static string Pooled(Random random) => string.Create(CultureInfo.InvariantCulture, $"sig-{random.Next(Names)}");

    public static string Everlasting(Random random) => string.Create(CultureInfo.InvariantCulture, $"ever-{random.Next(Names)}");

    public async Task RunAsync(int signals)
    {
        for (int i = 0; i < signals; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(6_000)), world.Time);
            await SendAsync(await ChooseAsync());
        }
    }

    /// <summary>What people would do in the end: send what is waited for without a deadline, decide about what is held.</summary>
    public async Task TidyAsync()
    {
        for (int i = 0; i < Names; i++)
            await SendAsync(string.Create(CultureInfo.InvariantCulture, $"ever-{i}"));
        List<Guid> held = await world.RawDatabase.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = session.Statement(HeldSql);
                return await read.QueryAsync(row => row.GetGuid(0), token);
            },
            CancellationToken.None);
        foreach (Guid job in held)
            await UnblockAsync(job);
    }

    public async Task UnblockAsync(Guid job)
    {
        world.Watch.Flow.Unblocked.Add(job);
        try
        {
            await _client.UnblockAsync(job, process.Name, CancellationToken.None);
        }
        catch (Exception error) when (error is InjectedFaultException or PenstockException)
        {
            world.Trace.Write(process.Name, error.Message.Split('\n')[0]);
        }
    }

    private async Task<string> ChooseAsync()
    {
        switch (random.Next(6))
        {
            case 0:
                return Everlasting(random);
            case 1 or 2 when world.Watch.Jobs.Values.Where(j => j.Operation == "sim.flow").Select(j => j.Id).ToList() is { Count: > 0 } jobs:
                return SignalNames.Own(jobs[random.Next(jobs.Count)], "go");
            case 3:
                return await AtDeadlineAsync() ?? Pooled(random);
            case 4:
                return await AtLookAsync() ?? Pooled(random);
            default:
                return Pooled(random);
        }
    }

    /// <summary>Waits until just before, at, or just after the deadline of some wait.</summary>
    private async Task<string?> AtDeadlineAsync()
    {
        List<(string Name, DateTimeOffset Deadline)> waits = await world.RawDatabase.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = session.Statement(DeadlinesSql);
                return await read.QueryAsync(row => (row.GetString(0), row.Instant(1)), token);
            },
            CancellationToken.None);
        if (waits.Count == 0)
            return null;
        (string name, DateTimeOffset deadline) = waits[random.Next(waits.Count)];
        TimeSpan until = deadline - world.Time.GetUtcNow() + TimeSpan.FromMilliseconds(random.Next(-1, 2));
        if (until > TimeSpan.Zero)
            await Task.Delay(until, world.Time);
        return name;
    }

    /// <summary>Waits until some job has looked for a signal in vain and is about to wait for it.</summary>
    private async Task<string?> AtLookAsync()
    {
        Task<string> missed = world.NextSignalMissed;
        await Task.WhenAny(missed, Task.Delay(TimeSpan.FromSeconds(5), world.Time));
        return missed.IsCompleted ? await missed : null;
    }

    private async Task SendAsync(string name)
    {
        try
        {
            string payload = PayloadJson.Write(string.Create(CultureInfo.InvariantCulture, $"{name} {random.Next()}"));
            await _client.SendSignalAsync(name, payload, process.Name, CancellationToken.None);
        }
        catch (InjectedFaultException error)
        {
            world.Trace.Write(process.Name, error.Message.Split('\n')[0]); // Sent or not: nobody has to know.
        }
    }
}

using Penstock.Engine;
using Penstock.Engine.Controls;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Storage;
using Penstock.Simulation.Faults;
using Penstock.Simulation.Scheduling;
using Penstock.Sql.Jobs;

namespace Penstock.Simulation.Workload;

/// <summary>A person who cancels, deletes, redrives, requeues, reviews, pauses and resumes, at any moment.</summary>
internal sealed class Operator(World world, SimulatedProcess process, Random random)
{
    private readonly IJobClient _client = world.ClientFor(world.StoreFor(process));
    private readonly IControlStore _controls = world.ControlStoreFor(process);
    private readonly QueueControl _queues = world.ControlFor(process);
    private readonly SqlDeadLetterStore _letters = new(world.DatabaseFor(process), world.Time);
    private readonly SqlJobReader _reader = new(world.DatabaseFor(process), world.Time, world.Leases);

    public async Task RunAsync(int actions)
    {
        for (int i = 0; i < actions; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(8_000)), world.Time);
            try
            {
                await ActAsync();
            }
            catch (Exception error) when (error is InjectedFaultException or PenstockException)
            {
                world.Trace.Write(process.Name, error.Message.Split('\n')[0]); // The store was away, or it was refused.
            }
        }
        await ResumeAllAsync();
    }

    /// <summary>Sends every dead letter again whose job may be healed.</summary>
    public async Task RedriveSomeAsync()
    {
        IReadOnlyList<DeadLetter> letters = await _reader.DeadLettersAsync(new DeadLetterFilter(Status: "open", Limit: 500), CancellationToken.None);
        if (letters.Count == 0)
            return;
        DeadLetter letter = letters[random.Next(letters.Count)];
        if (random.Next(3) > 0)
            world.Healed.Add(letter.JobId);
        await _client.RedriveAsync(letter.Id, "operator", CancellationToken.None);
    }

    private async Task ActAsync()
    {
        List<Guid> jobs = [.. world.Watch.Jobs.Keys];
        if (jobs.Count == 0)
            return;
        Guid job = jobs[random.Next(jobs.Count)];
        switch (random.Next(16))
        {
            case 0 or 1 or 2:
                await _client.CancelAsync(job, "simulated", CancellationToken.None);
                break;
            case 3:
                // Asked is asked: even if the answer says no, it may have been done.
                world.MayVanish.Add(job);
                await _client.DeleteAsync(job, CancellationToken.None);
                break;
            case 4:
                await _queues.PauseAsync(Queue(), "operator", "simulated", CancellationToken.None);
                await Task.Delay(TimeSpan.FromSeconds(random.Next(10)), world.Time);
                await ResumeAllAsync();
                break;
            case 5 or 6:
                await _client.RequeueAsync(job, "operator", CancellationToken.None);
                break;
            case 7:
                await ReviewSomeAsync();
                break;
            case 8:
                await _queues.PurgeAsync(Queue(), "operator", CancellationToken.None);
                break;
            case 9:
                string? operation = random.Next(2) == 0 ? null : "sim.step";
                await _queues.ReprioritiseAsync(Queue(), operation, random.Next(-2, 3), "operator", CancellationToken.None);
                break;
            case 10:
                await _queues.ReprioritiseAsync(job, random.Next(-2, 3), "operator", CancellationToken.None);
                break;
            case 11:
                IReadOnlyList<WorkerState> workers = await _reader.WorkersAsync(CancellationToken.None);
                if (workers.Count > 0)
                    await _controls.DrainWorkerAsync(workers[random.Next(workers.Count)].Id, "operator", CancellationToken.None);
                break;
            default:
                await RedriveSomeAsync();
                break;
        }
    }

    /// <summary>Takes a dead letter into review, archives it, or takes it back from there.</summary>
    private async Task ReviewSomeAsync()
    {
        IReadOnlyList<DeadLetter> letters = await _reader.DeadLettersAsync(new DeadLetterFilter(Limit: 500), CancellationToken.None);
        if (letters.Count == 0)
            return;
        Guid letter = letters[random.Next(letters.Count)].Id;
        await (random.Next(3) switch
        {
            0 => _letters.ReviewAsync(letter, new DeadLetterReview("operator"), "operator", CancellationToken.None),
            1 => _letters.ArchiveAsync(letter, null, "operator", CancellationToken.None),
            _ => _letters.ReopenAsync(letter, null, "operator", CancellationToken.None),
        });
    }

    private async Task ResumeAllAsync()
    {
        while (true)
        {
            try
            {
                foreach (Engine.Operations.QueueDefinition queue in SimulatedOperations.Queues)
                    await _queues.ResumeAsync(queue.Name, CancellationToken.None);
                return;
            }
            catch (InjectedFaultException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), world.Time);
            }
        }
    }

    private string Queue() => SimulatedOperations.Queues[random.Next(SimulatedOperations.Queues.Count)].Name;
}

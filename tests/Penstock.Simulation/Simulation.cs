using Penstock.Simulation.Faults;
using Penstock.Simulation.Invariants;
using Penstock.Simulation.Mutants;
using Penstock.Simulation.Scheduling;
using Penstock.Simulation.Workload;

namespace Penstock.Simulation;

/// <summary>One seed from the first job to an empty store: trouble, then calm in which everything must end.</summary>
internal sealed class Simulation
{
    private const long StepsMax = 200_000;

    private readonly World _world;
    private TimeSpan _ended;
    private readonly Random _random;

    private Simulation(World world)
    {
        _world = world;
        _random = world.NewRandom();
    }

    public static SeedResult Run(int seed, Mutant? mutant = null, TraceMode traceMode = TraceMode.Off)
    {
        World world = new(seed, mutant, traceMode);
        using Trace trace = world.Trace;
        Simulation simulation = new(world);
        Task story = world.NewProcess("director").Start(simulation.TellAsync);
        Pump(world, story);
        if (story.IsFaulted)
            world.Fail("X", $"the simulation itself failed: {story.Exception!.GetBaseException()}");
        Pump(world, world.DatabaseProcess.Start(() => world.DisposeAsync().AsTask()), ignoreViolation: true);
        SynchronizationContext.SetSynchronizationContext(null);
        return new SeedResult(
            seed, world.Violation, world.Scheduler.Steps, world.Watch.JobsSeen, world.Executions.Begun, simulation._ended,
            world.Faults.Injected, trace.Digest(world.Scheduler.Hash), [.. trace.Last]);
    }

    private static void Pump(World world, Task until, bool ignoreViolation = false)
    {
        while (!until.IsCompleted && (ignoreViolation || world.Violation is null))
        {
            if (!world.Scheduler.Step())
            {
                world.Fail("X", "nothing can run, no timer is set, and the story has not ended");
                return;
            }
            if (world.Scheduler.Broken is { } broken)
                world.Fail("X", broken);
            if (world.Scheduler.Steps > StepsMax)
            {
                world.Fail("X", $"{StepsMax:N0} steps were not enough");
                return;
            }
        }
    }

    private async Task TellAsync()
    {
        await SetUpAsync();
        await TroubleAsync();
        Calm();
        await EndSchedulesAsync();
        await EndAllAsync();
        await ProbeAsync();
        await ProbeResourceAsync();
        await DrainAsync();
        _ended = _world.Time.Elapsed;
        await new FinalCheck(_world).RunAsync();
    }

    private async Task SetUpAsync()
    {
        SimulatedProcess director = (SimulatedProcess)SynchronizationContext.Current!;
        await new StoreSetup(_world, director).RunAsync();
        int workers = _random.Next(2, 5);
        for (int i = 0; i < workers; i++)
            _world.NewWorker(i == 0 || _random.Next(2) == 0 ? [] : SimulatedOperations.Queues.Where(_ => _random.Next(2) == 0).Select(q => q.Name));
    }

    /// <summary>Every other seed has schedules: they make a seed longer.</summary>
    private void StartSchedulers()
    {
        if (_random.Next(2) == 0)
            return;
        int schedulers = _random.Next(1, 4);
        for (int i = 0; i < schedulers; i++)
            _world.NewScheduler();
    }

    private async Task TroubleAsync()
    {
        List<Task> people = [];
        int customers = _random.Next(1, 4);
        for (int i = 0; i < customers; i++)
        {
            SimulatedProcess process = _world.NewProcess($"customer-{i + 1}");
            Customer customer = new(_world, process, _world.NewRandom(), _random.Next(3, 10));
            people.Add(process.Start(customer.RunAsync));
        }
        SimulatedProcess desk = _world.NewProcess("operator");
        Operator @operator = new(_world, desk, _world.NewRandom());
        people.Add(desk.Start(() => @operator.RunAsync(_random.Next(1, 12))));
        SimulatedProcess sender = _world.NewProcess("signaller");
        Signaller signaller = new(_world, sender, _world.NewRandom());
        people.Add(sender.Start(() => signaller.RunAsync(_random.Next(0, 12))));
        StartSchedulers();
        if (_world.Schedulers.Count > 0)
        {
            SimulatedProcess planner = _world.NewProcess("schedule-operator");
            ScheduleOperator scheduleOperator = new(_world, _world.NewRandom());
            people.Add(planner.Start(() => scheduleOperator.RunAsync(_random.Next(2, 10))));
            ScheduleFate scheduleFate = new(_world, _world.NewRandom());
            people.Add(_world.NewProcess("schedule-fate").Start(() => scheduleFate.RunAsync(_random.Next(1, 6))));
        }
        SimulatedProcess fate = _world.NewProcess("fate");
        if (_world.Faults.IsOn)
            _ = fate.Start(new Fate(_world, _world.NewRandom()).RunAsync);
        await Task.WhenAll(people);
        await Task.Delay(TimeSpan.FromSeconds(_random.Next(20)), _world.Time);
    }

    private void Calm()
    {
        _world.Trace.Write("director", "faults stop");
        _world.Faults.Stop();
        foreach (SimulatedProcess process in _world.Processes)
        {
            _world.Scheduler.Thaw(process);
            process.Skew = TimeSpan.Zero;
        }
        _world.NewWorker([]);
    }

    /// <summary>I12: without faults every due schedule is settled; then the schedulers stop, or jobs would never end.</summary>
    private async Task EndSchedulesAsync()
    {
        if (_world.Schedulers.Count == 0)
            return;
        // A call that hangs, then the lease of one that died.
        await Task.Delay(ScheduleFate.HangMax + TimeSpan.FromSeconds(75), _world.Time);
        await _world.RawDatabase.ReadAsync(
            async (session, token) =>
            {
                await _world.Watch.Schedules.CheckNothingIsOverdueAsync(session, token);
                return true;
            },
            CancellationToken.None);
        foreach (SchedulerNode node in _world.Schedulers)
        {
            node.Stop();
            await node.Running;
        }
    }

    /// <summary>I8: without faults every job ends, within a bound that follows from delays, time limits and attempts.</summary>
    private async Task EndAllAsync()
    {
        TimeSpan limit = _world.Time.Elapsed + TimeSpan.FromMinutes(30);
        Signaller people = new(_world, (SimulatedProcess)SynchronizationContext.Current!, _world.NewRandom());
        int seconds = 0;
        while (_world.Watch.Open is { } open)
        {
            if (++seconds % 30 == 0)
                await people.TidyAsync();
            if (_world.Time.Elapsed > limit)
            {
                _world.Fail("I8", $"job {open.Id} ({open.Operation}) is still {open.Status} ({open.Told}) 30 minutes after the last fault");
                return;
            }
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Time);
        }
        // What was cancelled may still hold a slot.
        while (_world.Executions.Alive > 0 && _world.Time.Elapsed < limit)
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Time);
    }

    /// <summary>I8: with free slots a job starts within two seconds, even if every wake-up is lost.</summary>
    private async Task ProbeAsync()
    {
        _world.Faults.LosesAllWakeUps = true;
        Guid probe = await new StoreSetup(_world, (SimulatedProcess)SynchronizationContext.Current!).EnqueueProbeAsync();
        TimeSpan asked = _world.Time.Elapsed;
        await Task.Delay(TimeSpan.FromSeconds(2.1), _world.Time);
        TimeSpan? started = _world.Watch.Jobs[probe].StartedAt;
        if (started is null || started - asked > TimeSpan.FromSeconds(2))
            _world.Fail("I8", $"with idle workers and no wake-ups a job started after {started - asked} (limit 2 s)");
        while (_world.Watch.Open is not null)
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Time);
    }

    /// <summary>I8: what waits for a resource starts within two seconds after it was given back, even if every wake-up is lost.</summary>
    private async Task ProbeResourceAsync()
    {
        StoreSetup setup = new(_world, (SimulatedProcess)SynchronizationContext.Current!);
        Guid first = await setup.EnqueueProbeAsync("sim.gpu", "slow:3");
        Guid second = await setup.EnqueueProbeAsync("sim.gpu");
        for (int i = 0; i < 60 && _world.Watch.Open is not null; i++)
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Time);
        if (_world.Watch.Open is { } open)
        {
            _world.Fail("I8", $"job {open.Id} ({open.Operation}) is {open.Status} a minute after the resource it waits for was given back");
            return;
        }
        TimeSpan? waited = _world.Watch.Jobs[second].StartedAt - _world.Watch.Jobs[first].EndedAt;
        if (waited > TimeSpan.FromSeconds(2) || waited < TimeSpan.Zero)
            _world.Fail("I8", $"a job started {waited} after its resource was given back (limit 2 s)");
    }

    /// <summary>Some by a signal to their process, some by an operator's word, which comes with the heartbeat.</summary>
    private async Task DrainAsync()
    {
        _world.Supervises = false;
        foreach (WorkerNode worker in _world.Workers.Where(w => w.Process.IsAlive))
        {
            if (!worker.IsDraining && _random.Next(2) == 0)
                _ = worker.AskToDrainAsync();
            else if (!worker.IsDraining)
                worker.Drain();
            try
            {
                await worker.Running.WaitAsync(TimeSpan.FromMinutes(5), _world.Time);
            }
            catch (TimeoutException)
            {
                _world.Fail("I11", $"{worker.Process.Name} has not drained within 5 minutes");
                return;
            }
        }
    }
}

/// <param name="Violation">Null: the seed passed.</param>
internal sealed record SeedResult(
    int Seed, Violation? Violation, long Steps, long Jobs, long Executions, TimeSpan Simulated, long[] Faults, string Digest,
    IReadOnlyList<string> LastLines);

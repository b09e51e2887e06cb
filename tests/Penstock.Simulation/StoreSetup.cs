using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Simulation.Invariants;
using Penstock.Simulation.Scheduling;
using Penstock.Simulation.Workload;
using Penstock.Sql;
using Penstock.Sql.Controls;
using Penstock.Sql.Jobs;

namespace Penstock.Simulation;

/// <summary>The store's schema and queues, and the probe of the calm: calls of the simulation itself, without faults.</summary>
internal sealed class StoreSetup(World world, SimulatedProcess process)
{
    public async Task RunAsync()
    {
        Migrator migrator = new(world.RawDatabase, [new MigrationSource("engine", 0, typeof(SqlServices).Assembly)], world.Time);
        await migrator.MigrateAsync(CancellationToken.None);
        await world.RawDatabase.WriteAsync(StoreWatch.InstallAsync, CancellationToken.None, forCommands: true);
        SqlJobStore store = new(world.RawDatabase, world.WakeUps, world.Time, world.NewIds());
        await store.DeclareQueuesAsync([.. SimulatedOperations.Queues], CancellationToken.None);
        SqlControlStore controls = new(world.RawDatabase, world.WakeUps, world.Time, world.NewIds());
        await controls.DeclareResourcesAsync([.. SimulatedOperations.Resources], CancellationToken.None);
    }

    public async Task<Guid> EnqueueProbeAsync(string operation = "sim.step", string act = "ok")
    {
        JobDrafting drafting = new(SimulatedOperations.Registry, world.Protector, world.Time, world.NewIds());
        NewJob probe = new(operation, PayloadJson.Write(new ScriptedOperation.Payload([act])));
        SqlJobStore store = new(world.DatabaseFor(process), world.WakeUps, world.Time, world.NewIds());
        IReadOnlyList<EnqueueResult> made = await store.EnqueueAsync([drafting.Draft(probe)], CancellationToken.None);
        world.Accepted.Add(made[0].JobId);
        return made[0].JobId;
    }
}

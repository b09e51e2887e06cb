using Penstock.Engine.Operations;
using Penstock.Engine.Scheduling;

namespace Penstock.Engine.Storage;

/// <summary>Makes the store ready: its schema, then the queues, resources and schedules of this program. Called once before anything else uses it.</summary>
public sealed class StoreStartup(
    IEnumerable<ISchema> schemas, IJobStore store, IControlStore controls, OperationRegistry registry, IScheduleStore scheduleStore,
    ScheduleRegistry schedules)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (ISchema schema in schemas)
            await schema.MigrateAsync(cancellationToken);
        await store.DeclareQueuesAsync([.. registry.Queues], cancellationToken);
        await controls.DeclareResourcesAsync([.. registry.Resources], cancellationToken);
        await scheduleStore.DeclareAsync(schedules.Declared, ScheduleClient.NextSlot, cancellationToken);
    }
}

/// <summary>The schema of a store, brought forward to what this program knows.</summary>
public interface ISchema
{
    Task MigrateAsync(CancellationToken cancellationToken);
}

using Microsoft.Extensions.Logging;
using Penstock.Engine.Operations;
using Penstock.Engine.Scheduling;

namespace Penstock.Engine.Storage;

/// <summary>Makes the store ready: its schema, then the queues, resources and schedules of this program. Called once before anything else uses it.</summary>
/// <remarks>A store that is away is waited for: after a power cut, programs and database servers start in any order.</remarks>
public sealed class StoreStartup(
    IEnumerable<ISchema> schemas, IJobStore store, IControlStore controls, OperationRegistry registry, IScheduleStore scheduleStore,
    ScheduleRegistry schedules, StoreStartupOptions options, TimeProvider time, ILogger<StoreStartup> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <exception cref="PenstockException">The store cannot be used, or was away for longer than <see cref="StoreStartupOptions.Patience"/>.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        for (bool told = false; ; told = true)
        {
            try
            {
                await MakeReadyAsync(cancellationToken);
                return;
            }
            catch (PenstockException error) when (error.MayRetry && time.GetElapsedTime(began) < options.Patience)
            {
                if (!told)
                    logger.WaitingForStore(options.Patience.TotalSeconds, error.Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private async Task MakeReadyAsync(CancellationToken cancellationToken)
    {
        foreach (ISchema schema in schemas)
            await schema.MigrateAsync(cancellationToken);
        await store.DeclareQueuesAsync([.. registry.Queues], cancellationToken);
        await controls.DeclareResourcesAsync([.. registry.Resources], cancellationToken);
        await scheduleStore.DeclareAsync(schedules.Declared, ScheduleClient.NextSlot, cancellationToken);
    }
}

/// <param name="Patience">How long a store that is away is waited for; zero: not at all.</param>
public sealed record StoreStartupOptions(TimeSpan Patience)
{
    public StoreStartupOptions() : this(TimeSpan.FromSeconds(30))
    {
    }
}

internal static partial class StorageLog
{
    [LoggerMessage(2501, LogLevel.Warning, "The store is away; waiting for it, up to {Seconds} s. {Reason}")]
    public static partial void WaitingForStore(this ILogger logger, double seconds, string reason);
}

/// <summary>The schema of a store, brought forward to what this program knows.</summary>
public interface ISchema
{
    Task MigrateAsync(CancellationToken cancellationToken);
}

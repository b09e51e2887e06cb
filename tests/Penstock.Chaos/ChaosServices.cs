using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Penstock.Engine;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Engine.Workers;
using Penstock.Postgres;
using Penstock.RabbitMq;
using Penstock.S3;
using Penstock.Sqlite;

namespace Penstock.Chaos;

/// <summary>The engine as every process of the experiment has it.</summary>
internal static class ChaosServices
{
    public const string FreeQueue = "chaos.free";
    public const string ItemQueue = "chaos.items";

    /// <summary>Queues whose running jobs are limited over all processes, and to how many.</summary>
    public static readonly IReadOnlyDictionary<string, int> LimitedQueues = new Dictionary<string, int>
    {
        ["chaos.single"] = 1, ["chaos.three"] = 3,
    };

    /// <summary>Named resources that some jobs of the free queue need a unit of, and how many there are over all processes.</summary>
    public static readonly IReadOnlyDictionary<string, int> Resources = new Dictionary<string, int> { ["gpu"] = 2 };

    /// <summary>Killed workers take up to all their slots along, so a job may see some deaths that are not its fault.</summary>
    private const int DeathsMax = 20;

    private static readonly RetryPolicy Retry = new(3, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2));

    /// <summary>For what needs a server that may be away: for a minute and more.</summary>
    private static readonly RetryPolicy PatientRetry = Retry with { MaxAttempts = 50 };

    /// <summary>All that is limited over all processes.</summary>
    public static IEnumerable<KeyValuePair<string, int>> Limits => LimitedQueues.Concat(Resources);

    public static async Task<ServiceProvider> BuildAsync(Settings settings, ILoggerProvider log, Journal? journal = null)
    {
        ServiceCollection services = new();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(log));
        if (journal is not null)
            services.AddSingleton(journal);
        services.AddSingleton(new WorkerOptions { Slots = settings.Slots });
        TimeSpan lease = TimeSpan.FromSeconds(settings.LeaseSeconds);
        services.AddSingleton(new WorkerLeaseOptions { Lease = lease, Heartbeat = lease / 3, MaxDeaths = DeathsMax });
        services.AddPenstock(builder =>
        {
            AddOutside(builder, settings);
            AddWork(builder, settings);
        });
        ServiceProvider provider = services.BuildServiceProvider();
        await provider.GetRequiredService<StoreStartup>().RunAsync(CancellationToken.None);
        return provider;
    }

    private static void AddOutside(PenstockBuilder builder, Settings settings)
    {
        if (settings.Store.Length > 0)
            builder.UsePostgres(new PostgresOptions(settings.Store) { ReadersMax = 4 });
        else
            builder.UseSqlite(settings.DatabaseFile).UseNeighbours(new NeighbourOptions(Path.Combine(settings.Folder, "wake"), HearsEvents: false));
        if (settings.Broker is not null)
            builder.UseRabbitMq(new RabbitMqOptions { Url = settings.Broker, HearsEvents = false });
        if (settings.Artifacts is not null)
            builder.UseS3Artifacts(settings.Artifacts);
    }

    private static void AddWork(PenstockBuilder builder, Settings settings)
    {
        builder.AddOperation<ChaosOperation>(ChaosOperation.Name, FreeQueue, "Runs, fails, is killed.", Retry);
        builder.AddOperation<BatchOperation>(BatchOperation.Name, FreeQueue, "Sends items.", Retry);
        builder.AddItemOperation<ItemOperation>(ItemOperation.Name, ItemQueue, "Runs, fails, is killed, leaves a row.", Retry);
        if (settings.Artifacts is not null)
            builder.AddOperation<StoringOperation>(StoringOperation.Name, FreeQueue, "Stores a file and reads it back.", PatientRetry);
        foreach ((string name, int max) in LimitedQueues)
            builder.AddQueue(new QueueDefinition(name, max));
        foreach ((string name, int capacity) in Resources)
            builder.AddResource(name, capacity);
    }
}

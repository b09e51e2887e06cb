using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Penstock.Engine;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Engine.Workers;
using Penstock.Postgres;
using Penstock.Sqlite;

namespace Penstock.Chaos;

/// <summary>The engine as every process of the experiment has it.</summary>
internal static class ChaosServices
{
    public const string FreeQueue = "chaos.free";

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

    public static string DatabaseOf(string folder) => Path.Combine(folder, "penstock.db");

    public static string JournalOf(string folder, int worker) => Path.Combine(folder, $"journal-{worker}.txt");

    /// <param name="store">A PostgreSQL connection string; empty: a SQLite file in the folder.</param>
    public static async Task<ServiceProvider> BuildAsync(
        string folder, string store, int slots, int leaseSeconds, ILoggerProvider log, Journal? journal = null)
    {
        ServiceCollection services = new();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(log));
        if (journal is not null)
            services.AddSingleton(journal);
        services.AddSingleton(new WorkerOptions { Slots = slots });
        TimeSpan lease = TimeSpan.FromSeconds(leaseSeconds);
        services.AddSingleton(new WorkerLeaseOptions { Lease = lease, Heartbeat = lease / 3, MaxDeaths = DeathsMax });
        services.AddPenstock(builder =>
        {
            if (store.Length > 0)
                builder.UsePostgres(new PostgresOptions(store) { ReadersMax = 4 });
            else
                builder.UseSqlite(DatabaseOf(folder)).UseNeighbours(new NeighbourOptions(Path.Combine(folder, "wake"), HearsEvents: false));
            builder.AddOperation<ChaosOperation>(ChaosOperation.Name, FreeQueue, "Runs, fails, is killed.", Retry);
            foreach ((string name, int max) in LimitedQueues)
                builder.AddQueue(new QueueDefinition(name, max));
            foreach ((string name, int capacity) in Resources)
                builder.AddResource(name, capacity);
        });
        ServiceProvider provider = services.BuildServiceProvider();
        await provider.GetRequiredService<StoreStartup>().RunAsync(CancellationToken.None);
        return provider;
    }
}

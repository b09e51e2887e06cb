using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Engine.Workers;
using Penstock.Sql;
using Penstock.Sql.Jobs;
using Penstock.Sqlite;

namespace Penstock.CrashHost;

/// <summary>The real engine on a SQLite file, with decorators of its own that know where to die. The product has no such place.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly IHost _host;

    private readonly string _workload;
    private readonly string _folder;

    private EngineHost(IHost host, string workload, string folder) => (_host, _workload, _folder) = (host, workload, folder);

    private IJobClient Client => _host.Services.GetRequiredService<IJobClient>();
    private IJobReader Reader => _host.Services.GetRequiredService<IJobReader>();

    public static async Task<EngineHost> OpenAsync(string path, string workload, Death death)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(death);
        builder.Services.AddSingleton(new WorkerOptions { Slots = 4, PollInterval = TimeSpan.FromMilliseconds(100), ShutdownGrace = TimeSpan.FromSeconds(5) });
        builder.Services.AddSingleton(new WorkerLeaseOptions { Lease = TimeSpan.FromSeconds(2), Heartbeat = TimeSpan.FromMilliseconds(200) });
        builder.Services.AddSingleton(workload == "reap" ? new ReaperOptions { MainTimeoutSeconds = 1, StallSeconds = 1, IntervalSeconds = 1 } : new ReaperOptions());
        builder.Services.AddPenstock(engine =>
        {
            engine.UseSqlite(path);
            Operations.Add(engine);
            engine.Services.AddSingleton<SqlDatabase>(p => new WatchedDatabase(p.GetRequiredService<SqliteDatabase>(), death));
            engine.Services.AddSingleton<IWakeUps>(_ => new WatchedWakeUps(new InProcessWakeUps(), death));
            engine.Services.AddSingleton(p => WatchedStore.Of(ActivatorUtilities.CreateInstance<SqlJobStore>(p), death));
        });
        builder.Services.AddPenstockWorker();
        EngineHost opened = new(builder.Build(), workload, Path.GetDirectoryName(path)!);
        await opened._host.Services.GetRequiredService<StoreStartup>().RunAsync(CancellationToken.None);
        return opened;
    }

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        await MakeEffectTableAsync();
        foreach (NewJob job in Workloads.Jobs(_workload, _folder))
            await Client.EnqueueAsync(job, CancellationToken.None); // Asked again after a crash; the keys make it one job.
        if (_workload is "work" or "tick") // Until it is told to stop.
        {
            await _host.RunAsync();
            return 0;
        }
        await _host.StartAsync();
        bool ended = await EndAllAsync();
        if (_workload == "prune")
            await PruneAsync();
        await _host.StopAsync();
        return ended ? 0 : 3;
    }

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();

    private async Task<bool> EndAllAsync()
    {
        long began = TimeProvider.System.GetTimestamp();
        // Also until recovery has buried the worker that was killed before: a run may be over sooner.
        while ((await Reader.ListAsync(new JobFilter(Limit: 500), CancellationToken.None)).Any(j => !j.Status.IsTerminal())
            || (await Reader.WorkersAsync(CancellationToken.None)).Any(w => w.ProcessId != Environment.ProcessId))
        {
            if (TimeProvider.System.GetElapsedTime(began) > LongestRun)
                return false;
            await Task.Delay(Look, TimeProvider.System);
        }
        return true;
    }

    /// <summary>The real retention, in a year from now.</summary>
    private Task PruneAsync() => new Retention(
        _host.Services.GetRequiredService<IJobStore>(), new RetentionOptions { FinishedDays = 30 }, new NextYear(),
        NullLogger<Retention>.Instance).RunCycleAsync(CancellationToken.None);

    private Task MakeEffectTableAsync() => _host.Services.GetRequiredService<SqliteDatabase>().WriteAsync(
        async (session, token) =>
        {
            using SqlStatement make = session.Statement(
                "create table if not exists crash_effect (parent_job_id text not null, stage integer not null, item_index integer not null)");
            await make.ExecuteAsync(token);
        },
        CancellationToken.None);

    private sealed class NextYear : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromDays(365);
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Penstock.Engine.Controls;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Exec;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Operations;
using Penstock.Engine.Protection;
using Penstock.Engine.Scheduling;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Engine.Workers;
using Penstock.Engine.Workers.Remote;

namespace Penstock.Engine;

/// <summary>Puts the engine into any .NET host.</summary>
public static class PenstockServices
{
    /// <summary>Adds the engine; the callback names a store and adds operations: <c>b => b.UseSqlite(path).AddProteins()</c>.</summary>
    /// <remarks>
    /// A program that only enqueues stops here; <see cref="AddPenstockWorker"/> makes it run jobs too. A host brings the schema
    /// forward when it starts; a program without a host calls <see cref="StoreStartup.RunAsync"/> itself, once, first.
    /// </remarks>
    public static IServiceCollection AddPenstock(this IServiceCollection services, Action<PenstockBuilder> configure)
    {
        services.TryAddSingleton(TimeProvider.System);
        // Ids and jitter need no secrecy; the seed needs no repeatability outside the simulation.
        services.TryAddSingleton(_ => new Random(System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue)));
        services.TryAddSingleton(p => new IdGenerator(
            p.GetRequiredService<TimeProvider>(), new Random(System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue))));
        services.TryAddSingleton<IWakeUps, InProcessWakeUps>();
        services.TryAddSingleton<OperationRegistry>();
        services.TryAddSingleton(_ => new PayloadKeyRing(Environment.GetEnvironmentVariable(PayloadKeyRing.Variable), file: null));
        services.TryAddSingleton<IPayloadProtector>(p => new PayloadProtector(
            p.GetRequiredService<PayloadKeyRing>(), bytes => System.Security.Cryptography.RandomNumberGenerator.Fill(bytes)));
        services.TryAddSingleton<UnitSeals>();
        services.TryAddSingleton(p => new SecretMask(
            [.. SecretMask.UsualFields, .. p.GetRequiredService<OperationRegistry>().Operations.SelectMany(o => o.MaskedFields)]));
        services.TryAddSingleton<JobDrafting>();
        services.TryAddSingleton<IJobClient, JobClient>();
        services.TryAddSingleton(new WorkerLeaseOptions());
        services.TryAddSingleton(new WorkerOptions());
        services.TryAddSingleton(new ReaperOptions());
        services.TryAddSingleton(new RetentionOptions());
        services.TryAddSingleton<IProcessList, HostProcessList>();
        services.TryAddSingleton(p => WorkerIdentity.OfThisProcess(p.GetRequiredService<IdGenerator>()));
        services.TryAddSingleton(_ => new ExecOptions());
        services.TryAddSingleton<RunRecords>();
        services.TryAddSingleton<UnitExecutor>();
        services.TryAddSingleton<Worker>();
        services.TryAddSingleton<RemoteWorkers>();
        services.TryAddSingleton<Reaper>();
        services.TryAddSingleton<Recovery>();
        services.TryAddSingleton<Retention>();
        services.TryAddSingleton<ScheduleRegistry>();
        services.TryAddSingleton<TickPlanner>();
        services.TryAddSingleton<IScheduleClient, ScheduleClient>();
        services.TryAddSingleton(NewScheduler);
        services.TryAddSingleton<QueueControl>();
        services.TryAddSingleton(new StoreStartupOptions());
        services.TryAddSingleton<StoreStartup>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StoreStartupService>());
        services.TryAddSingleton<IJobTransactions, JobTransactions>();
        configure(new PenstockBuilder(services));
        return services;
    }

    private static Scheduler NewScheduler(IServiceProvider provider)
    {
        TimeProvider time = provider.GetRequiredService<TimeProvider>();
        Leadership leadership = new(
            provider.GetRequiredService<ILeadershipStore>(), Scheduler.LeadershipName,
            provider.GetRequiredService<WorkerIdentity>().NewWorkerId(), time);
        return new Scheduler(
            provider.GetRequiredService<IScheduleStore>(), provider.GetRequiredService<ScheduleRegistry>(),
            provider.GetRequiredService<TickPlanner>(), leadership, time, provider.GetRequiredService<ILogger<Scheduler>>());
    }

    /// <summary>Makes the host run jobs, tick schedules, recover dead workers, reap and prune.</summary>
    public static IServiceCollection AddPenstockWorker(this IServiceCollection services)
    {
        services.AddSingleton<IHostedService, WorkerService>();
        return services;
    }
}

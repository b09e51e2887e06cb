using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Exec;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Operations;
using Penstock.Engine.Protection;
using Penstock.Engine.Scheduling;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Engine.Workers;
using Penstock.Ops;
using Penstock.Ops.Health;
using Penstock.Postgres;
using Penstock.Proteins;
using Penstock.RabbitMq;
using Penstock.S3;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;
using Penstock.Sqlite;

namespace Penstock.Server.Startup;

/// <summary>The engine as the workspace configures it: store, artifacts, pipelines, limits.</summary>
internal static class EngineComposition
{
    public static void AddEngine(this IServiceCollection services, Workspace workspace, HostOptions options)
    {
        PenstockSettings settings = options.Configuration.Settings;
        AddOptions(services, settings, options);
        // Read now: keys that cannot be used must stop the start, not the first job that needs them.
        PayloadKeyRing keys = new(Environment.GetEnvironmentVariable(PayloadKeyRing.Variable), workspace.PayloadKeyFile);
        keys.Check();
        services.AddSingleton(keys);
        services.AddSingleton(provider => new SecretMask(
            [.. settings.Security.MaskedFields, .. provider.GetRequiredService<OperationRegistry>().Operations.SelectMany(o => o.MaskedFields)]));
        services.AddSingleton(new ExecOptions { BaseFolder = workspace.Root, RunFolder = workspace.ExecFolder });
        services.AddPenstock(builder =>
        {
            AddArtifacts(builder, settings.Artifacts, workspace);
            UseStore(builder, settings.Store, workspace).AddOpsOperations();
            UseTransport(builder, settings, workspace, options);
            if (settings.Pipelines.Contains("proteins"))
                builder.AddProteins(OptionsOf(settings.Proteins));
            foreach (OperationSettings operation in settings.Operations)
                AddOperation(builder, operation);
            // Last, so that penstock.yaml has the last word on a queue that a pipeline declares.
            foreach (QueueSettings queue in settings.Queues)
                builder.AddQueue(new QueueDefinition(queue.Name, queue.MaxRunning, OnLost(queue))
                {
                    MaxRunningPerKey = queue.MaxRunningPerKey,
                    Rate = queue.Rate,
                    RatePerKey = queue.RatePerKey,
                    Finished = Finished(queue),
                });
            foreach (ResourceSettings resource in settings.Resources)
                builder.AddResource(resource.Name, resource.Capacity, resource.Rate);
            foreach (ScheduleSettings schedule in settings.Schedules)
                builder.AddSchedule(DefinitionOf(schedule));
        });
        if (options.RunWorkers)
            services.AddPenstockWorker();
    }

    private static void AddArtifacts(PenstockBuilder builder, ArtifactSettings settings, Workspace workspace)
    {
        if (settings.AreOnS3)
            builder.UseS3Artifacts(settings.ToS3(workspace));
        else
            builder.Services.AddSingleton<IArtifactStore>(provider => new FolderArtifactStore(
                workspace.ArtifactFolder, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IdGenerator>()));
    }

    private static PenstockBuilder UseStore(PenstockBuilder builder, StoreSettings store, Workspace workspace) =>
        store.IsPostgres ? builder.UsePostgres(store.ToPostgres(workspace)) : builder.UseSqlite(workspace.DatabaseFile);

    private static void UseTransport(PenstockBuilder builder, PenstockSettings settings, Workspace workspace, HostOptions options)
    {
        if (settings.Transport.Kind != TransportSettings.RabbitMqKind)
        {
            // On PostgreSQL the database itself carries the wake-ups, to every host.
            if (!settings.Store.IsPostgres)
                builder.UseNeighbours(new NeighbourOptions(workspace.WakeFolder, options.ListensHttp));
            return;
        }
        builder.UseRabbitMq(settings.Transport.ToRabbitMq(workspace.Root) with
        {
            HearsEvents = options.ListensHttp, ClientName = $"{options.LogName}@{Environment.MachineName}",
        });
        builder.Services.AddSingleton<IReadinessCheck, TransportCheck>();
    }

    private static void AddOperation(PenstockBuilder builder, OperationSettings operation)
    {
        if (operation.Kind == "external")
            builder.AddExternalOperation(operation.Name, operation.Queue, operation.Summary, operation.Retry, operation.Timeout, operation.Resources, operation.Secrecy);
        else
            builder.AddExecOperation(operation.ToExec());
    }

    private static void AddOptions(IServiceCollection services, PenstockSettings settings, HostOptions options)
    {
        WorkerOptions worker = new()
        {
            Slots = settings.Worker.Slots, ShutdownGrace = settings.Worker.Drain, EndsHostWhenDrained = !options.ListensHttp,
        };
        foreach (string queue in settings.Worker.Queues)
            worker.Queues.Add(queue);
        foreach (string label in settings.Worker.Labels)
        {
            string[] parts = label.Split('=', 2, StringSplitOptions.TrimEntries);
            worker.Labels[parts[0]] = parts.Length > 1 ? parts[1] : "";
        }
        services.AddSingleton(worker);
        services.AddSingleton(new WorkerLeaseOptions { Lease = settings.Worker.Lease, Heartbeat = settings.Worker.Lease / 3 });
        services.AddSingleton(new ReaperOptions
        {
            MainTimeoutSeconds = (int)settings.Reaper.MainTimeout.TotalSeconds,
            StallSeconds = (int)settings.Reaper.Stall.TotalSeconds,
            IntervalSeconds = (int)settings.Reaper.Interval.TotalSeconds,
        });
        services.AddSingleton(new StoreStartupOptions(settings.Store.StartPatience));
        services.AddSingleton(new RetentionOptions { FinishedDays = (int)Math.Ceiling(settings.Retention.Finished.TotalDays) });
    }

    private static ProteinOptions OptionsOf(ProteinSettings settings) => new()
    {
        AllowLocalFiles = settings.AllowLocalFiles,
        MaxFastaBytes = settings.MaxFastaBytes,
        UniProtSearchUrl = new Uri(settings.UniProtSearchUrl),
        ReferenceBytesMax = settings.ReferenceMaxBytes,
    };

    private static ScheduleDefinition DefinitionOf(ScheduleSettings schedule) => new(schedule.Name, schedule.Operation, schedule.Cron)
    {
        TimeZone = schedule.TimeZone,
        Payload = schedule.Payload,
        QueueName = schedule.QueueName,
        Priority = schedule.Priority,
        Misfire = MisfirePolicyText.Parse(schedule.Misfire),
        CatchUpMax = schedule.CatchUpMax,
        Jitter = TimeSpan.FromSeconds(schedule.JitterSeconds),
    };

    private static FinishedPolicy Finished(QueueSettings queue) =>
        queue.Finished == "requeueable" ? FinishedPolicy.Requeueable : FinishedPolicy.Immutable;

    private static LostPolicy OnLost(QueueSettings queue) => queue.OnLost == "fail" ? LostPolicy.Fail : LostPolicy.Requeue;
}

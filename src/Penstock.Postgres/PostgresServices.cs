using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Penstock.Engine;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Sql;

namespace Penstock.Postgres;

/// <summary>The store of many hosts.</summary>
public static class PostgresServices
{
    /// <summary>Keeps everything in one PostgreSQL database, which must exist; its tables are made by the migrations.</summary>
    /// <remarks>Processes on the same database wake each other through it (LISTEN and NOTIFY), unless another transport is used.</remarks>
    public static PenstockBuilder UsePostgres(this PenstockBuilder builder, PostgresOptions options)
    {
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<PostgresDatabase>();
        builder.Services.AddSingleton<SqlDatabase>(p => p.GetRequiredService<PostgresDatabase>());
        builder.Services.AddSingleton<IStoreConnections>(p => p.GetRequiredService<PostgresDatabase>());
        builder.Services.AddSingleton<PostgresWakeUps>();
        // Another transport that was chosen, before or after this, stays.
        if (builder.Services.Any(s => s.ServiceType == typeof(IWakeUps) && s.ImplementationType == typeof(InProcessWakeUps)))
            builder.Services.Replace(ServiceDescriptor.Singleton<IWakeUps>(p => p.GetRequiredService<PostgresWakeUps>()));
        return builder.UseSqlStore();
    }
}

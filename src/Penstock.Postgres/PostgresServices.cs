using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Storage;
using Penstock.Sql;

namespace Penstock.Postgres;

/// <summary>The store of many hosts.</summary>
public static class PostgresServices
{
    /// <summary>Keeps everything in one PostgreSQL database, which must exist; its tables are made by the migrations.</summary>
    public static PenstockBuilder UsePostgres(this PenstockBuilder builder, PostgresOptions options)
    {
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<PostgresDatabase>();
        builder.Services.AddSingleton<SqlDatabase>(p => p.GetRequiredService<PostgresDatabase>());
        builder.Services.AddSingleton<IStoreConnections>(p => p.GetRequiredService<PostgresDatabase>());
        return builder.UseSqlStore();
    }
}

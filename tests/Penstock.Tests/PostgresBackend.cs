using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine.Storage;
using Penstock.Postgres;
using Penstock.Sql;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests;

/// <summary>PostgreSQL in place of SQLite, for the suites that run on both.</summary>
internal static class PostgresBackend
{
    /// <summary>The connection string of an empty schema; skips the test where there is no server.</summary>
    public static string NewStore()
    {
        PostgresServer.Require(Assert.SkipUnless);
        return PostgresServer.Shared.NewStore();
    }

    /// <summary>Puts a composed server on an empty schema; its stores stay as they are.</summary>
    public static void Use(IServiceCollection services) => Use(services, NewStore());

    /// <inheritdoc cref="Use(IServiceCollection)"/>
    public static void Use(IServiceCollection services, string store)
    {
        services.AddSingleton(new PostgresOptions(store) { ReadersMax = 8 });
        services.AddSingleton<PostgresDatabase>();
        services.AddSingleton<SqlDatabase>(p => p.GetRequiredService<PostgresDatabase>());
        services.AddSingleton<IStoreConnections>(p => p.GetRequiredService<PostgresDatabase>());
    }
}

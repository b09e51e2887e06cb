using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Storage;
using Penstock.Sql;
using Penstock.Sql.Jobs;

namespace Penstock.Sqlite;

/// <summary>The embedded store.</summary>
public static class SqliteServices
{
    /// <summary>Keeps everything in one SQLite file; the folder must exist.</summary>
    public static PenstockBuilder UseSqlite(this PenstockBuilder builder, string path) => builder.UseSqlite(new SqliteOptions(path));

    public static PenstockBuilder UseSqlite(this PenstockBuilder builder, SqliteOptions options)
    {
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<SqliteDatabase>();
        builder.Services.AddSingleton<SqlDatabase>(p => p.GetRequiredService<SqliteDatabase>());
        builder.Services.AddSingleton<IStoreConnections>(p => p.GetRequiredService<SqliteDatabase>());
        return builder.UseSqlStore();
    }
}

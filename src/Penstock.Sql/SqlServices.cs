using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Scheduling;
using Penstock.Engine.Storage;
using Penstock.Sql.Controls;
using Penstock.Sql.Jobs;
using Penstock.Sql.Limits;
using Penstock.Sql.Maintenance;
using Penstock.Sql.Scheduling;

namespace Penstock.Sql;

/// <summary>The stores over a <see cref="SqlDatabase"/>, which the dialect registers.</summary>
public static class SqlServices
{
    public static PenstockBuilder UseSqlStore(this PenstockBuilder builder)
    {
        builder.AddMigrations("engine", 0, typeof(SqlServices).Assembly);
        builder.Services.AddSingleton<Migrator>();
        builder.Services.AddSingleton<ISchema>(p => p.GetRequiredService<Migrator>());
        builder.Services.AddSingleton<IJobStore, SqlJobStore>();
        builder.Services.AddSingleton<IJobReader, SqlJobReader>();
        builder.Services.AddSingleton<IFlowReader, SqlFlowReader>();
        builder.Services.AddSingleton<IControlStore, SqlControlStore>();
        builder.Services.AddSingleton<IResourceReader, SqlResourceReader>();
        builder.Services.AddSingleton<IScheduleStore, SqlScheduleStore>();
        builder.Services.AddSingleton<ILeadershipStore, SqlLeadershipStore>();
        builder.Services.AddSingleton<IDeadLetterStore, SqlDeadLetterStore>();
        return builder;
    }

    /// <summary>Adds the migrations of an area; see <see cref="MigrationSource"/>.</summary>
    public static PenstockBuilder AddMigrations(this PenstockBuilder builder, string area, int order, System.Reflection.Assembly assembly)
    {
        builder.Services.AddSingleton(new MigrationSource(area, order, assembly));
        return builder;
    }
}

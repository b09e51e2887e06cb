using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Sql;
using Penstock.Sqlite;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Stores;

public sealed class InterleavingInSqliteFile(ITestOutputHelper output) : InterleavingConformance(output)
{
    private const int Busy = 5;

    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");

    protected override void SkipDurability(IServiceCollection services) =>
        services.AddSingleton(new SqliteOptions(StorePath) { FullDurability = false });

    protected override SqlDatabase Backend(IServiceProvider services) => services.GetRequiredService<SqliteDatabase>();

    protected override bool IsOfTheTables(DbException error) => error is SqliteException { SqliteErrorCode: not Busy };
}

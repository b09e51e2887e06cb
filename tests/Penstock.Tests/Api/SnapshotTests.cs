using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine.Jobs;
using Penstock.Sql;
using Penstock.Testing;
using Penstock.Tests.Server;
using Xunit;

namespace Penstock.Tests.Api;

/// <summary>What a user of the libraries, the database and the metrics can depend on. Nothing of it changes without a reviewed line.</summary>
public sealed class SnapshotTests
{
    private const string SchemaSql = "select type, name, sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by type, name";

    [Theory]
    [InlineData("Penstock.Engine")]
    [InlineData("Penstock.Sql")]
    [InlineData("Penstock.Sqlite")]
    [InlineData("Penstock.S3")]
    [InlineData("Penstock.Postgres")]
    [InlineData("Penstock.Client")]
    [InlineData("Penstock.TestKit")]
    [InlineData("Penstock.RabbitMq")]
    public void The_public_api_is_as_reviewed(string assembly)
    {
        string api = PublicApi.Describe(Assembly.Load(assembly));
        Assert.Equal(Snapshot.Accepted($"tests/Penstock.Tests/Api/{assembly}.txt", api), api);
    }

    [Fact]
    public void The_programs_entry_for_other_programs_is_as_reviewed()
    {
        string api = PublicApi.Describe(typeof(Penstock.Cli.PenstockProgram).Assembly);
        Assert.Equal(Snapshot.Accepted("tests/Penstock.Tests/Api/Penstock.Cli.txt", api), api);
    }

    [Fact]
    public async Task The_database_schema_is_as_reviewed()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        List<string> statements = await server.Services.GetRequiredService<SqlDatabase>().ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = session.Statement(SchemaSql);
                return await read.QueryAsync(row => $"-- {row.GetString(0)} {row.GetString(1)}\n{row.GetString(2)};\n", token);
            },
            TestContext.Current.CancellationToken);
        string schema = string.Join('\n', statements);
        Assert.Equal(Snapshot.Accepted("tests/Penstock.Tests/Api/schema.sqlite.sql", schema), schema);
    }

    [Fact]
    public void Every_event_of_the_engine_is_in_the_catalog_once()
    {
        string[] names = [.. typeof(JobEventNames).GetFields().Select(f => (string)f.GetRawConstantValue()!)];
        Assert.Equal(names.Order(StringComparer.Ordinal), JobEventCatalog.All.Select(e => e.Name).Order(StringComparer.Ordinal));
    }
}

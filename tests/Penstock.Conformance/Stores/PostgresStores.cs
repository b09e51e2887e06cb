using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Penstock.Conformance.Model;
using Penstock.Postgres;
using Penstock.Sql;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>A fresh schema on the test process's server, made when the test begins.</summary>
internal sealed class PostgresStore
{
    private readonly Lazy<string> _path = new(New);

    public string Path => _path.Value;

    public static string New()
    {
        RequireServer();
        return PostgresServer.Shared.NewStore();
    }

    public static void RequireServer() => PostgresServer.Require(Assert.SkipUnless);
}

public sealed class EnqueueInPostgres : EnqueueConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}

public sealed class LeaseInPostgres : LeaseConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}

public sealed class OutcomeInPostgres : OutcomeConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}

public sealed class BatchInPostgres : BatchConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}

public sealed class DeadLetterInPostgres : DeadLetterConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}

public sealed class DependencyInPostgres : DependencyConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}

public sealed class UniqueKeyInPostgres : UniqueKeyConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}

public sealed class FlowInPostgres : FlowConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}

public sealed class LimitInPostgres : LimitConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}

public sealed class ControlInPostgres : ControlConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}

public sealed class RedeliveryInPostgres : RedeliveryConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}

public sealed class SchedulesInPostgres : ScheduleConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}

public sealed class InterleavingInPostgres(ITestOutputHelper output) : InterleavingConformance(output)
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;

    protected override void SkipDurability(IServiceCollection services)
    {
        // The tests' server is not durable anyway.
    }

    protected override SqlDatabase Backend(IServiceProvider services) => services.GetRequiredService<PostgresDatabase>();

    protected override bool IsOfTheTables(DbException error) => error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
}

public sealed class ModelInPostgres(ITestOutputHelper output) : ModelConformance(output)
{
    // A statement is a round trip.
    protected override int Sequences => 40;

    protected override string NewStorePath() => PostgresStore.New();
}

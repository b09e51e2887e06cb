using System.Data.Common;
using Penstock.Sql;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>What a load of many rows does, whether they travel one by one or a thousand at a time.</summary>
public abstract class LoadConformance : IAsyncLifetime
{
    private const string InsertSql = """
        insert into loaded (name, number, share, flag, moment, body, owner)
        values (@name, @number, @share, @flag, @moment, @body, @owner)
        on conflict (name) do nothing
        """;

    private static readonly SqlVariants CreateSql = new(
        Sqlite: """
        create table loaded (id integer primary key autoincrement, name text not null unique, number integer, share real, flag integer,
                             moment text, body blob, owner text)
        """,
        Postgres: """
        create table loaded (id bigint generated always as identity primary key, name text not null unique, number bigint,
                             share double precision, flag integer, moment timestamptz, body bytea, owner uuid)
        """);

    private TestEngine? _engine;

    protected abstract string StorePath { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private SqlDatabase Database => _engine!.Database;

    public async ValueTask InitializeAsync()
    {
        _engine = await TestEngine.StartAsync(_ => { }, StorePath);
        await Database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement create = session.Statement(CreateSql);
                await create.ExecuteAsync(token);
            },
            Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
            await _engine.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Rows_come_back_as_they_were_added_with_keys_in_their_order()
    {
        Row[] rows = [.. Enumerable.Range(0, 2_500).Select(Row.Number)];
        Assert.Equal(2_500, await LoadAsync(rows));
        Assert.Equal(rows, await ReadAsync());
    }

    [Fact]
    public async Task A_conflict_that_does_nothing_is_not_counted()
    {
        Assert.Equal(3, await LoadAsync([Row.Number(1), Row.Number(2), Row.Number(3)]));
        // One is stored, one comes twice in the same load.
        Assert.Equal(2, await LoadAsync([Row.Number(4), Row.Number(2), Row.Number(5), Row.Number(4)]));
        Assert.Equal([1, 2, 3, 4, 5], (await ReadAsync()).Select(row => row.Count));
    }

    [Fact]
    public async Task A_value_keeps_until_it_is_bound_again()
    {
        int inserted = await Database.WriteAsync(
            async (session, token) =>
            {
                using SqlLoad load = Bound(session.Load(InsertSql), Row.Number(7));
                foreach (string name in (string[])["a", "b"])
                    await load.Bind("name", name).AddAsync(token);
                await load.Bind("name", "c").Bind("number", 8).AddAsync(token);
                return await load.EndAsync(token);
            },
            Cancel);
        Assert.Equal(3, inserted);
        Assert.Equal([("a", 7), ("b", 7), ("c", 8)], (await ReadAsync()).Select(row => (row.Name, row.Count!.Value)));
    }

    [Fact]
    public async Task An_empty_load_ends_with_nothing() => Assert.Equal(0, await LoadAsync([]));

    [Fact]
    public async Task A_row_that_breaks_a_rule_leaves_nothing_of_its_write()
    {
        await Assert.ThrowsAnyAsync<DbException>(() => LoadAsync([Row.Number(1), Row.Number(2) with { Name = null! }]));
        Assert.Empty(await ReadAsync());
    }

    [Fact]
    public async Task A_forgotten_value_and_an_unknown_name_are_refused()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.WriteAsync(
            async (session, token) =>
            {
                using SqlLoad load = session.Load(InsertSql);
                await load.Bind("name", "a").AddAsync(token);
            },
            Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Database.WriteAsync(
            (session, _) =>
            {
                using SqlLoad load = session.Load(InsertSql);
                load.Bind("nonsense", 1);
                return Task.CompletedTask;
            },
            Cancel));
    }

    private Task<int> LoadAsync(IReadOnlyList<Row> rows) => Database.WriteAsync(
        async (session, token) =>
        {
            using SqlLoad load = session.Load(InsertSql);
            foreach (Row row in rows)
                await Bound(load, row).AddAsync(token);
            return await load.EndAsync(token);
        },
        Cancel);

    private static SqlLoad Bound(SqlLoad load, Row row) => load
        .Bind("name", row.Name).Bind("number", row.Count).Bind("share", row.Share).Bind("flag", row.Flag)
        .Bind("moment", row.Moment).Bind("body", row.Body is null ? null : Convert.FromHexString(row.Body)).Bind("owner", row.Owner);

    private Task<List<Row>> ReadAsync() => Database.ReadAsync(
        async (session, token) =>
        {
            using SqlStatement read = session.Statement("select name, number, share, flag, moment, body, owner from loaded order by id");
            return await read.QueryAsync(
                row => new Row(
                    row.GetString(0), row.LongOrNull(1), row.DoubleOrNull(2), row.IsDBNull(3) ? null : row.GetBoolean(3), row.InstantOrNull(4),
                    row.IsDBNull(5) ? null : Convert.ToHexString(row.GetFieldValue<byte[]>(5)), row.GuidOrNull(6)),
                token);
        },
        Cancel);

    private sealed record Row(string Name, long? Count, double? Share, bool? Flag, DateTimeOffset? Moment, string? Body, Guid? Owner)
    {
        private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        /// <summary>Every third is null where it may be.</summary>
        public static Row Number(int i) => i % 3 == 0
            ? new($"row {i}", null, null, null, null, null, null) { Count = i }
            : new(
                $"row {i} é '\"{{,}}\\ \n", i, 1.0 / i, i % 2 == 0, Start.AddMicroseconds(i), Convert.ToHexString([(byte)i, 0, 255]),
                new Guid(i, 0, 0, new byte[8]));
    }
}

public sealed class LoadInMemory : LoadConformance
{
    protected override string StorePath => ":memory:";
}

public sealed class LoadInPostgres : LoadConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}

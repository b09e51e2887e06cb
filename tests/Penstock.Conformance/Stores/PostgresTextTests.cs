using NpgsqlTypes;
using Penstock.Postgres;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>The rules that put the shared statements into PostgreSQL's words.</summary>
public sealed class PostgresTextTests
{
    [Theory]
    [InlineData("select id from job where id = @id and seq > @seq", "select id from job where id = $1 and seq > $2")]
    [InlineData("update t set a = @a, b = @b where a < @a", "update t set a = $1, b = $2 where a < $1")]
    [InlineData("select '@id' from t where id = @id", "select '@id' from t where id = $1")]
    [InlineData("where seq in (select value from json_each(@seqs)) and x = @x", "where seq = any($1) and x = $2")]
    [InlineData("select value, @a from json_each(@seqs)", "select value, $1 from unnest(cast($2 as bigint[])) as value")]
    [InlineData("select 1 from json_each(w.queues) where value = q.name", "select 1 from json_array_elements_text(w.queues) where value = q.name")]
    [InlineData("select max(q.a - (select count(*) from c), 0)", "select greatest(q.a - (select count(*) from c), 0)")]
    [InlineData("select min((select count(*) from c where f(a, b)), w.slots)", "select least((select count(*) from c where f(a, b)), w.slots)")]
    [InlineData("select max(id), min(coalesce(a, b)) from t", "select max(id), min(coalesce(a, b)) from t")]
    public void A_statement_is_told_in_the_words_of_PostgreSQL(string shared, string told) => Assert.Equal(told, PostgresText.Of(shared).Positional);

    [Fact]
    public void A_parameter_keeps_its_number() => Assert.Equal(["b", "a"], PostgresText.Of("select @b, @a, @b").Parameters);

    [Theory]
    [InlineData(
        "insert into t (a, b, c) values (@x, @y, @x) on conflict (a) do update set b = excluded.b",
        "insert into t (a, b, c) select r.p1, r.p2, r.p1 from unnest($1, $2) as r (p1, p2) on conflict (a) do update set b = excluded.b")]
    [InlineData("insert into t (a)\nvalues (@x)", "insert into t (a)\nselect r.p1 from unnest($1) as r (p1)")]
    public void A_load_of_one_row_becomes_one_of_many(string row, string set) => Assert.Equal(set, LoadForm.Of(FormOf(row)).Sql);

    [Theory]
    [InlineData("insert into t (a, b) values (@x, 0)")]
    [InlineData("insert into t (a) values (@x) on conflict (a) do update set b = @y")]
    [InlineData("insert into t (a) select @x")]
    public void What_is_no_plain_row_is_no_load(string row) => Assert.Throws<NotSupportedException>(() => LoadForm.Of(FormOf(row)));

    private static StatementForm FormOf(string sql)
    {
        PostgresText text = PostgresText.Of(sql);
        return new StatementForm(
            text.Positional,
            text.Parameters.Index().ToDictionary(p => p.Item, p => p.Index),
            [.. text.Parameters.Select(_ => NpgsqlDbType.Text)]);
    }
}

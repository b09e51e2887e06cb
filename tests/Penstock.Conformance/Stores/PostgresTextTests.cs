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
}

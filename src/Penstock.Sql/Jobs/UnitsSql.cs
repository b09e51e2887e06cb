namespace Penstock.Sql.Jobs;

/// <summary>One statement over some units, in two texts: a single unit costs less by its number than by a list of one.</summary>
/// <remarks>Each names the numbers <c>@seqs</c>.</remarks>
internal sealed record UnitsSql(string One, string Many)
{
    /// <param name="sql">Where it says <c>{units}</c>, the numbers are to be tested.</param>
    public static UnitsSql Where(string sql) => new(
        sql.Replace("{units}", "= @seqs", StringComparison.Ordinal),
        sql.Replace("{units}", "in (select value from json_each(@seqs))", StringComparison.Ordinal));

    public SqlStatement Of(SqlSession session, IReadOnlyCollection<long> seqs) => seqs.Count == 1
        ? session.Statement(One).Bind("seqs", seqs.First())
        : session.Statement(Many).Bind("seqs", new SqlList<long>(seqs));
}

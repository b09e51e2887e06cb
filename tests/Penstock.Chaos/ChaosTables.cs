using System.Data.Common;
using Penstock.Sql;

namespace Penstock.Chaos;

/// <summary>The experiment's own table beside the engine's, and what it asks of both.</summary>
internal static class ChaosTables
{
    private const string CreateSql = "create table chaos_effect (parent_job_id text not null, item_index integer not null)";

    public static Task CreateAsync(SqlDatabase database) => database.WriteAsync(
        async (session, token) =>
        {
            using SqlStatement create = session.Statement(CreateSql);
            await create.ExecuteAsync(token);
        },
        CancellationToken.None);

    public static Task<List<T>> QueryAsync<T>(
        this SqlDatabase database, string sql, Func<DbDataReader, T> map, params (string Name, object Value)[] parameters) => database.ReadAsync(
        async (session, token) =>
        {
            using SqlStatement statement = session.Statement(sql);
            foreach ((string name, object value) in parameters)
                statement.Bind(name, value);
            return await statement.QueryAsync(map, token);
        },
        CancellationToken.None);
}

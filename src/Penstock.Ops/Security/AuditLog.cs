using System.Text.Json;
using Penstock.Client;
using Penstock.Client.Security;
using Penstock.Sql;

namespace Penstock.Ops.Security;

/// <summary>Who changed what, and when; rows are never changed.</summary>
public sealed class AuditLog(SqlDatabase database, TimeProvider time)
{
    private const string InsertSql = """
        insert into audit_log (at, kind, actor, subject, fields) values (@at, @kind, @actor, @subject, @fields)
        """;

    /// <summary>In a transaction of its own: for actions that committed already.</summary>
    /// <param name="kind"><c>noun.verb</c>, such as <c>job.delete</c>.</param>
    /// <param name="fields">An object whose members become JSON; null: none. Never a secret.</param>
    public Task WriteAsync(string kind, string actor, string? subject, object? fields, CancellationToken cancellationToken) =>
        database.WriteAsync((session, token) => WriteAsync(session, kind, actor, subject, fields, token), cancellationToken);

    /// <summary>On the caller's session: commits with the change it tells of.</summary>
    public async Task WriteAsync(
        SqlSession session, string kind, string actor, string? subject, object? fields, CancellationToken cancellationToken)
    {
        using SqlStatement statement = session.Statement(InsertSql)
            .Bind("at", time.GetUtcNow()).Bind("kind", kind).Bind("actor", actor).Bind("subject", subject)
            .Bind("fields", fields is null ? "{}" : JsonSerializer.Serialize(fields, fields.GetType(), PenstockJson.Options));
        await statement.ExecuteAsync(cancellationToken);
    }

    private const string ListSql = """
        select id, at, kind, actor, subject, fields from audit_log
         where id < @before
         order by id desc limit @limit
        """;

    // A statement of its own: "@kind is null or ..." would keep the index from being used.
    private const string ListOfKindSql = """
        select id, at, kind, actor, subject, fields from audit_log
         where kind = @kind and id < @before
         order by id desc limit @limit
        """;

    /// <summary>Newest first.</summary>
    /// <param name="before">Only rows older than this id: the cursor of the next page.</param>
    public Task<List<AuditView>> ListAsync(string? kind, long? before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = kind is null
                    ? session.Statement(ListSql)
                    : session.Statement(ListOfKindSql).Bind("kind", kind);
                statement.Bind("before", before ?? long.MaxValue).Bind("limit", limit);
                return await statement.QueryAsync(
                    row => new AuditView(
                        row.GetInt64(0), row.Instant(1), row.GetString(2), row.GetString(3), row.TextOrNull(4),
                        JsonSerializer.Deserialize<JsonElement>(row.GetString(5))),
                    token);
            },
            cancellationToken);
}

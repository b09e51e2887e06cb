using System.Data.Common;
using Penstock.Sql;

namespace Penstock.Ops.Security;

/// <summary>The account table. Every method runs on the caller's session, so that a change and its audit row commit together.</summary>
internal static class AccountStore
{
    private const string Columns = """
        id, name, role, password_hash, session_version, disabled, must_change_password, failed_logins, locked_until, created_at, last_login_at
        """;

    private const string FindSql = $"select {Columns} from account where name = @name";

    public static async Task<Account?> FindAsync(SqlSession session, string name, CancellationToken cancellationToken)
    {
        using SqlStatement statement = session.Statement(FindSql).Bind("name", name);
        return await statement.FirstAsync(Read, cancellationToken);
    }

    private const string ListSql = $"select {Columns} from account order by name";

    public static async Task<List<Account>> ListAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement statement = session.Statement(ListSql);
        return await statement.QueryAsync(Read, cancellationToken);
    }

    private const string InsertSql = $"""
        insert into account ({Columns})
        values (@id, @name, @role, @password_hash, @session_version, @disabled, @must_change_password,
                @failed_logins, @locked_until, @created_at, @last_login_at)
        """;

    public static Task InsertAsync(SqlSession session, Account account, CancellationToken cancellationToken) =>
        WriteAsync(session, InsertSql, account, cancellationToken);

    private const string UpdateSql = """
        update account
           set role = @role, password_hash = @password_hash, session_version = @session_version, disabled = @disabled,
               must_change_password = @must_change_password, failed_logins = @failed_logins, locked_until = @locked_until,
               last_login_at = @last_login_at, created_at = @created_at, name = @name
         where id = @id
        """;

    public static Task UpdateAsync(SqlSession session, Account account, CancellationToken cancellationToken) =>
        WriteAsync(session, UpdateSql, account, cancellationToken);

    private const string DeleteSql = "delete from account where id = @id";

    public static async Task DeleteAsync(SqlSession session, Guid id, CancellationToken cancellationToken)
    {
        using SqlStatement statement = session.Statement(DeleteSql).Bind("id", id);
        await statement.ExecuteAsync(cancellationToken);
    }

    private const string CountOtherAdminsSql = """
        select count(*) from account where role = 'admin' and disabled = 0 and id <> @id
        """;

    public static async Task<bool> IsLastAdminAsync(SqlSession session, Account account, CancellationToken cancellationToken)
    {
        if (account.Role != Policies.Admin || account.Disabled)
            return false;
        using SqlStatement statement = session.Statement(CountOtherAdminsSql).Bind("id", account.Id);
        return await statement.ScalarAsync<long>(cancellationToken) == 0;
    }

    private static async Task WriteAsync(SqlSession session, string sql, Account account, CancellationToken cancellationToken)
    {
        using SqlStatement statement = session.Statement(sql)
            .Bind("id", account.Id).Bind("name", account.Name).Bind("role", account.Role)
            .Bind("password_hash", account.PasswordHash).Bind("session_version", account.SessionVersion)
            .Bind("disabled", account.Disabled ? 1 : 0).Bind("must_change_password", account.MustChangePassword ? 1 : 0)
            .Bind("failed_logins", account.FailedLogins).Bind("locked_until", account.LockedUntil)
            .Bind("created_at", account.CreatedAt).Bind("last_login_at", account.LastLoginAt);
        await statement.ExecuteAsync(cancellationToken);
    }

    private static Account Read(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4), row.GetInt32(5) != 0,
        row.GetInt32(6) != 0, row.GetInt32(7), row.InstantOrNull(8), row.Instant(9), row.InstantOrNull(10));
}

using Penstock.Postgres;

namespace Penstock.Server.Workspaces.Configuration;

public sealed class StoreSettings
{
    public const string SqliteKind = "sqlite";
    public const string PostgresKind = "postgres";

    [Setting("kind", "Where jobs and records are kept: in the file data/penstock.db, or in a PostgreSQL database.", OneOf = [SqliteKind, PostgresKind])]
    public string Kind { get; set; } = SqliteKind;

    [Setting("url", "The database, as postgresql://user:password@host:5432/database?sslmode=require; it must exist.", Schemes = ["postgresql", "postgres"])]
    public string? Url { get; set; }

    [Setting("password", "The user's password, where store.url has none; better in the variable PENSTOCK_STORE__PASSWORD than in the file.", IsSecret = true)]
    public string? Password { get; set; }

    [Setting("password_file", "File with the password; relative to the workspace. In place of password.")]
    public string? PasswordFile { get; set; }

    [Setting("schema", "The schema of the tables; it must exist. None: the user's own, or public.")]
    public string? Schema { get; set; }

    [Setting("max_connections", "Connections of one process for reading; writing has one more, wake-ups two.", Min = 1, Max = 1_000)]
    public int ConnectionsMax { get; set; } = 16;

    [Setting("start_wait_seconds", "How long a start waits for a database server that is away.", Min = 0, Max = 3_600)]
    public TimeSpan StartPatience { get; set; } = TimeSpan.FromSeconds(30);

    public bool IsPostgres => Kind == PostgresKind;

    /// <summary>What one setting cannot know: what others need, and whether files of secrets can be read.</summary>
    internal IEnumerable<(string Key, string Message)> Problems(Workspace workspace)
    {
        if (!IsPostgres)
            yield break;
        if (Url is null)
            yield return ("store.url", "store.url is needed where store.kind is postgres, such as postgresql://penstock@db.example.org/penstock.");
        else if (UrlProblem(Url) is { } wrong)
            yield return ("store.url", $"store.url: {wrong}");
        if (Password is not null && PasswordFile is not null)
            yield return ("store.password", "store.password and store.password_file are both set; take one out.");
        else if (PasswordFile is not null && SecretFile.Problem(workspace, PasswordFile) is { } unread)
            yield return ("store.password_file", $"store.password_file is '{PasswordFile}', which cannot be read: {unread}");
    }

    /// <summary>Only where there are no problems.</summary>
    public PostgresOptions ToPostgres(Workspace workspace) =>
        PostgresUrl.ToOptions(Url!, Password ?? (PasswordFile is null ? null : SecretFile.Read(workspace, PasswordFile)), Schema)
            with { ReadersMax = ConnectionsMax };

    private static string? UrlProblem(string url)
    {
        try
        {
            PostgresUrl.ToOptions(url, null, null);
            return null;
        }
        catch (FormatException wrong)
        {
            return wrong.Message;
        }
    }
}

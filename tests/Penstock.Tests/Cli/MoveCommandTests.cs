using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using Penstock.Cli;
using Penstock.Engine;
using Penstock.Engine.Storage;
using Penstock.Server.Workspaces;
using Penstock.Testing;
using Penstock.Tests.Server.Workspaces;
using Xunit;

namespace Penstock.Tests.Cli;

/// <summary><c>penstock db move</c>: what arrives, what it says, and all that it refuses without changing anything.</summary>
public sealed class MoveCommandTests : IDisposable
{
    private static int _databases;

    private readonly CliUnderTest _cli = new(init: false);
    private readonly string _old;
    private readonly string _new;
    private string? _connection;

    public MoveCommandTests()
    {
        _old = Path.Combine(_cli.Folder, "old");
        _new = Path.Combine(_cli.Folder, "new");
        Workspace.Create(_old, ["proteins"]);
        Workspace.Create(_new, ["proteins"]);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Database => Path.Combine(_old, "data", "penstock.db");

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Jobs_and_artifacts_arrive_and_the_answer_says_how_many()
    {
        await FillAsync();
        NameServer();
        CliAnswer moved = await MoveAsync("--json");
        Assert.True(moved.Exit == ExitCodes.Ok, moved.Error);
        JsonElement answer = moved.Json;
        Assert.Equal(2, answer.GetProperty("tables").EnumerateArray().Single(t => t.GetProperty("table").GetString() == "job").GetProperty("rows").GetInt64());
        Assert.Equal(
            answer.GetProperty("rows").GetInt64(), answer.GetProperty("tables").EnumerateArray().Sum(t => t.GetProperty("rows").GetInt64()));
        Assert.Equal(("""{"count":2,"copied":2,"size_bytes":9}""", 3), (JsonSerializer.Serialize(answer.GetProperty("artifacts")), answer.GetProperty("next").GetArrayLength()));
        Assert.Matches("copying artifacts: 2\nwriting rows: \\d+\ncomparing rows: \\d+", moved.Error);

        CliAnswer jobs = await _cli.RunAsync("jobs", "list", "--workspace", _new, "--json");
        Assert.Equal(["queued", "queued"], jobs.Json.EnumerateArray().Select(j => j.GetProperty("status").GetString()));
        FolderArtifactStore store = Artifacts(_new);
        Assert.Equal(("text/x", "one"), ((await store.FindAsync("a/one.txt", Cancel))!.MediaType, await TextAsync(store, "a/one.txt")));
        Assert.Equal(2, Count("select count(*) from job")); // The old one has all of it still.
    }

    [Fact]
    public async Task People_see_a_table_and_what_to_do_next()
    {
        await FillAsync();
        Directory.CreateDirectory(Path.Combine(_old, "secrets"));
        File.WriteAllText(Path.Combine(_old, "secrets", "payload-keys"), $"k1:{Convert.ToBase64String(new byte[32])}\n");
        NameServer();
        CliAnswer moved = await MoveAsync();
        Assert.True(moved.Exit == ExitCodes.Ok, moved.Error);
        Assert.Matches(@"(?m)^job +2$", moved.Out);
        Assert.Contains("2 artifacts (9 B), compared with the old workspace", moved.Out, StringComparison.Ordinal);
        Assert.Matches(@"(?s)next: copy .*payload-keys.*next: penstock up.*next: keep .*old until you are satisfied", moved.Out);
    }

    [Fact]
    public async Task A_move_that_failed_after_its_artifacts_counts_them_the_next_time()
    {
        await FillAsync();
        NameServer();
        Change("insert into signal (name, payload, sent_at) values ('s', 'no json', '2026-03-01T12:00:00.000000Z')");
        CliAnswer failed = await MoveAsync();
        Assert.Equal(ExitCodes.Failed, failed.Exit);
        Assert.Contains("error[move-failed]: Table signal: PostgreSQL refused row 1", failed.Error, StringComparison.Ordinal);
        Change("delete from signal");
        CliAnswer moved = await MoveAsync("--json");
        Assert.True(moved.Exit == ExitCodes.Ok, moved.Error);
        Assert.Equal((2, 0), (moved.Json.GetProperty("artifacts").GetProperty("count").GetInt32(), moved.Json.GetProperty("artifacts").GetProperty("copied").GetInt32()));

        // A second one would join two histories.
        CliAnswer twice = await MoveAsync();
        Assert.Contains("error[move-target-not-empty]", twice.Error, StringComparison.Ordinal);
        Assert.Contains("job 2, ", twice.Error, StringComparison.Ordinal);
        Assert.Equal(2, ServedCount("select count(*) from job"));
    }

    [Fact]
    public async Task A_workspace_that_is_embedded_itself_is_no_place_to_move_to()
    {
        await FillAsync();
        await RefusedAsync("move-target-embedded", "keeps its jobs in a file");
        Assert.False(File.Exists(Path.Combine(_new, "data", "penstock.db")));
    }

    [Fact]
    public async Task Folders_that_cannot_be_moved_from_are_refused()
    {
        NameServer();
        await RefusedAsync("move-source-unfit", "there is no database in it");
        Directory.Delete(_old, recursive: true);
        Directory.CreateDirectory(_old);
        await RefusedAsync("workspace-not-found", _old);
        Workspace.Create(_old, ["proteins"]);
        await File.AppendAllTextAsync(Path.Combine(_old, "penstock.yaml"), "store: {kind: postgres, url: \"postgresql://u@127.0.0.1/d\"}\n", Cancel);
        await RefusedAsync("move-source-unfit", "names PostgreSQL");
        CliAnswer itself = await _cli.RunAsync("db", "move", _new, "--workspace", _new);
        Assert.Contains("it is this workspace itself", itself.Error, StringComparison.Ordinal);
        AssertNothingServed();
    }

    [Fact]
    public async Task A_workspace_in_which_a_process_works_is_left_alone()
    {
        await FillAsync();
        NameServer();
        using (await WorkspaceLock.AcquireAsync(Workspace.Open(_old), TimeSpan.Zero, TimeProvider.System, Cancel))
            await RefusedAsync("workspace-in-use", _old);
        using (WorkerSeat.Take(Workspace.Open(_old)))
            await RefusedAsync("move-source-unfit", "a worker process (work-1) works there");
        AssertNothingServed();
    }

    [Theory]
    [InlineData("delete from schema_version where area = 'engine' and number = 7", "move-schema-differs", "lacks migration engine 0007")]
    [InlineData("update schema_version set number = 99 where area = 'engine' and number = 7", "schema-changed", "engine 0099")]
    [InlineData("update schema_version set sha256 = 'x' where area = 'engine' and number = 7", "schema-changed", "engine 0007")]
    [InlineData("update schema_version set area = 'radio' where area = 'proteins'", "move-schema-differs", "has tables of radio")]
    [InlineData("drop table schema_version", "move-source-unfit", "has no tables")]
    public async Task A_schema_of_another_version_is_refused(string change, string code, string told)
    {
        await FillAsync();
        NameServer();
        Change(change);
        await RefusedAsync(code, told);
        AssertNothingServed();
    }

    [Fact]
    public async Task An_artifact_with_other_content_is_neither_replaced_nor_ignored()
    {
        await FillAsync();
        NameServer();
        await PutAsync(_new, "b/two.txt", "other");
        await RefusedAsync("move-artifact-differs", "b/two.txt");
        Assert.Equal("other", await TextAsync(Artifacts(_new), "b/two.txt"));
        Assert.Null(await Artifacts(_new).FindAsync("a/one.txt", Cancel));
        Assert.Equal(0, ServedCount("select count(*) from job"));
    }

    [Fact]
    public async Task A_damaged_artifact_is_told_and_not_kept()
    {
        await FillAsync();
        NameServer();
        Artifact one = (await Artifacts(_old).FindAsync("a/one.txt", Cancel))!;
        File.WriteAllText(Path.Combine(_old, "data", "artifacts", "sha256", one.Sha256[..2], one.Sha256), "eno");
        CliAnswer failed = await MoveAsync();
        Assert.Equal(ExitCodes.Failed, failed.Exit);
        Assert.Contains("error[artifact-corrupt]", failed.Error, StringComparison.Ordinal);
        Assert.Null(await Artifacts(_new).FindAsync("a/one.txt", Cancel));
        Assert.Equal(0, ServedCount("select count(*) from job"));
    }

    private async Task FillAsync()
    {
        foreach (string payload in (string[])["{\"a\":1,\"b\":2}", "{\"a\":3,\"b\":4}"])
        {
            CliAnswer queued = await _cli.RunAsync("jobs", "enqueue", "test.add", payload, "--workspace", _old);
            Assert.True(queued.Exit == ExitCodes.Ok, queued.Error);
        }
        await PutAsync(_old, "a/one.txt", "one");
        await PutAsync(_old, "b/two.txt", "second");
    }

    private void NameServer()
    {
        PostgresServer.Require(Assert.SkipUnless);
        string name = $"move_{Interlocked.Increment(ref _databases)}";
        _connection = PostgresServer.Shared.NewDatabase(name, "penstock_of_move");
        File.AppendAllText(
            Path.Combine(_new, "penstock.yaml"),
            $"store: {{kind: postgres, url: \"postgresql://penstock_of_move@127.0.0.1:{PostgresServer.Shared.Port}/{name}\"}}\n");
    }

    private Task<CliAnswer> MoveAsync(params string[] more) => _cli.RunAsync(["db", "move", _old, "--workspace", _new, .. more]);

    private async Task RefusedAsync(string code, string told)
    {
        CliAnswer refused = await MoveAsync();
        Assert.Equal(ExitCodes.Refused, refused.Exit);
        Assert.Contains($"error[{code}]", refused.Error, StringComparison.Ordinal);
        Assert.Contains(told, refused.Error, StringComparison.Ordinal);
    }

    /// <summary>Not even tables.</summary>
    private void AssertNothingServed()
    {
        Assert.Equal(0, ServedCount("select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'"));
        Assert.Empty(Directory.GetFiles(Path.Combine(_new, "data"), "*", SearchOption.AllDirectories));
    }

    private long ServedCount(string sql)
    {
        using NpgsqlConnection connection = new(_connection + ";Pooling=false");
        connection.Open();
        using NpgsqlCommand count = new(sql, connection);
        return (long)count.ExecuteScalar()!;
    }

    private long Count(string sql)
    {
        using SqliteConnection connection = new($"Data Source={Database};Pooling=false");
        connection.Open();
        using SqliteCommand count = new(sql, connection);
        return (long)count.ExecuteScalar()!;
    }

    private void Change(string sql)
    {
        using SqliteConnection connection = new($"Data Source={Database};Pooling=false");
        connection.Open();
        using SqliteCommand change = new(sql, connection);
        change.ExecuteNonQuery();
    }

    private static FolderArtifactStore Artifacts(string workspace) =>
        new(Path.Combine(workspace, "data", "artifacts"), TimeProvider.System, new IdGenerator(TimeProvider.System, new Random(1)));

    private static async Task PutAsync(string workspace, string name, string text)
    {
        using MemoryStream content = new(Encoding.UTF8.GetBytes(text));
        await Artifacts(workspace).PutAsync(name, content, "text/x", Cancel);
    }

    private static async Task<string> TextAsync(FolderArtifactStore store, string name)
    {
        using StreamReader reader = new(await store.OpenAsync(name, Cancel));
        return await reader.ReadToEndAsync(Cancel);
    }
}

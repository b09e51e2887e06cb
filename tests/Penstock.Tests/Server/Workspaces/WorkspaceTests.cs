using Penstock.Engine;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;
using Xunit;

namespace Penstock.Tests.Server.Workspaces;

public sealed class WorkspaceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_workspace_has_its_folders_and_a_configuration_that_is_valid()
    {
        Workspace workspace = Workspace.Create(_folder.Sub("lab"), ["proteins"]);

        foreach (string folder in (string[])[workspace.DataFolder, workspace.ArtifactFolder, workspace.LogFolder, workspace.BackupFolder, workspace.RunFolder])
            Assert.True(Directory.Exists(folder), folder);
        Assert.Equal(["proteins"], Load(workspace).Settings.Pipelines);
        Assert.Equal("lab", workspace.Name);
    }

    [Fact]
    public void Every_example_in_a_new_configuration_is_valid_once_its_comment_sign_is_taken_away()
    {
        Workspace workspace = Workspace.Create(_folder.Path, ["proteins"]);
        string[] lines = File.ReadAllLines(workspace.ConfigFile);
        File.WriteAllLines(workspace.ConfigFile, lines.Select(line => line is ['#', not ' ', ..] or ['#', ' ', ' ', ..] ? line[1..] : line));

        EffectiveConfiguration configuration = Load(workspace);

        Assert.Equal(4, configuration.Settings.Worker.Slots);
        Assert.Equal(TimeSpan.FromSeconds(1_800), configuration.Settings.Reaper.Stall);
        QueueSettings queue = Assert.Single(configuration.Settings.Queues);
        Assert.Equal(("protea.embeddings", 1, "requeue"), (queue.Name, queue.MaxRunning, queue.OnLost));
    }

    [Fact]
    public void Making_a_workspace_twice_is_refused_and_changes_nothing()
    {
        Workspace workspace = Workspace.Create(_folder.Path, ["proteins"]);
        File.AppendAllText(workspace.ConfigFile, "worker:\n  slots: 7\n");

        PenstockException refused = Assert.Throws<WorkspaceExistsException>(() => Workspace.Create(_folder.Path, []));

        Assert.Equal(("workspace-exists", ErrorKind.Conflict), (refused.Code, refused.Kind));
        Assert.Equal(7, Load(workspace).Settings.Worker.Slots);
    }

    [Fact]
    public void A_workspace_is_found_from_any_folder_below_it_and_the_nearest_one_wins()
    {
        Workspace outer = Workspace.Create(_folder.Path, ["proteins"]);
        Workspace inner = Workspace.Create(_folder.Sub("a", "b"), ["proteins"]);
        Directory.CreateDirectory(_folder.Sub("a", "b", "c", "d"));

        Assert.Equal(inner.Root, Workspace.Find(_folder.Sub("a", "b", "c", "d")).Root);
        Assert.Equal(outer.Root, Workspace.Find(_folder.Sub("a")).Root);
    }

    [Fact]
    public void Where_there_is_no_workspace_the_error_says_how_to_make_one()
    {
        PenstockException found = Assert.Throws<WorkspaceNotFoundException>(() => Workspace.Find(_folder.Path));
        PenstockException opened = Assert.Throws<WorkspaceNotFoundException>(() => Workspace.Open(_folder.Path));

        Assert.Equal(("workspace-not-found", ErrorKind.NotFound), (found.Code, found.Kind));
        Assert.Contains(_folder.Path, opened.Message, StringComparison.Ordinal);
        Assert.Contains("penstock init", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_local_token_is_made_once_and_only_its_owner_can_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        Workspace workspace = Workspace.Create(_folder.Path, ["proteins"]);
        Assert.Null(LocalToken.TryRead(workspace));

        string[] tokens = new string[8];
        Parallel.For(0, tokens.Length, i => tokens[i] = LocalToken.Ensure(workspace));

        string token = Assert.Single(tokens.Distinct());
        Assert.Equal(43, token.Length); // 32 bytes as base64url
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(workspace.TokenFile));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(workspace.RunFolder));
        }
    }

    [Fact]
    public async Task A_record_of_a_server_counts_only_while_its_process_holds_the_lock()
    {
        Workspace workspace = Workspace.Create(_folder.Path, ["proteins"]);
        ServerRecord record = new(4711, ["http://127.0.0.1:8080"], new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        using (await WorkspaceLock.AcquireAsync(workspace, TimeSpan.Zero, TimeProvider.System, Cancel))
        {
            Assert.Null(ServerRecord.TryRead(workspace));
            record.Write(workspace);
            ServerRecord read = ServerRecord.TryRead(workspace)!;
            Assert.Equal((record.Pid, record.Urls[0], record.StartedAt), (read.Pid, read.Urls[0], read.StartedAt));
        }

        Assert.True(File.Exists(workspace.ServerFile));
        Assert.Null(ServerRecord.TryRead(workspace));
    }

    [Fact]
    public async Task Only_one_process_at_a_time_may_run_a_server_and_the_next_is_told_which()
    {
        Workspace workspace = Workspace.Create(_folder.Path, ["proteins"]);
        WorkspaceLock first = await WorkspaceLock.AcquireAsync(workspace, TimeSpan.Zero, TimeProvider.System, Cancel);

        WorkspaceInUseException refused = await Assert.ThrowsAsync<WorkspaceInUseException>(
            () => WorkspaceLock.AcquireAsync(workspace, TimeSpan.Zero, TimeProvider.System, Cancel));
        Task<WorkspaceLock> waiting = WorkspaceLock.AcquireAsync(workspace, TimeSpan.FromSeconds(30), TimeProvider.System, Cancel);
        first.Dispose();

        Assert.Contains($"pid {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        (await waiting).Dispose();
        Assert.False(WorkspaceLock.IsHeld(workspace));
    }

    private static EffectiveConfiguration Load(Workspace workspace) =>
        EffectiveConfiguration.Load(workspace, new Dictionary<string, string>(), []);
}

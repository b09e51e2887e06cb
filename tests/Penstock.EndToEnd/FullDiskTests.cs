using System.Diagnostics;
using Penstock.Client.Errors;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Penstock.EndToEnd.Processes;
using Penstock.EndToEnd.Samples;
using Penstock.Testing;
using Xunit;

namespace Penstock.EndToEnd;

/// <summary>A disk that takes no more: refused with its code, nothing half stored, and work goes on once there is room.</summary>
public sealed class FullDiskTests
{
    private const int DiskBytes = 48 << 20;
    private const int RoomLeft = 512 << 10;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_told_and_the_server_goes_on_when_there_is_room()
    {
        await using SmallDisk disk = await SmallDisk.MountAsync();
        Assert.SkipWhen(disk.Refusal is not null, $"This user may not mount a small file system: {disk.Refusal}");
        string workspace = Path.Combine(disk.Folder, "lab");
        await ServerProcess.InitAsync(workspace, Cancel);
        await using ServerProcess server = await ServerProcess.StartAsync(workspace, Cancel);
        await LoadedWorkspace.SucceedAsync(server, await server.Client.EnqueueAsync(new JobRequest("ping"), Cancel), Cancel);
        SortedDictionary<string, long> before = new StoredState(workspace).RowCounts();
        string ballast = Path.Combine(disk.Folder, "ballast");
        FillUp(ballast, disk.Folder);

        byte[] large = InputFiles.FastaOf(8 << 20);
        PenstockApiException refused = await Assert.ThrowsAsync<PenstockApiException>(
            () => server.Proteins.CreateQuerySetAsync("too much", null, new MemoryStream(large), Cancel));
        Assert.Equal((507, "storage-full"), ((int)refused.Status, refused.Code));
        refused = await Assert.ThrowsAsync<PenstockApiException>(
            () => server.Client.UploadArtifactAsync("too/much.bin", new MemoryStream(large), "application/octet-stream", Cancel));
        Assert.Equal((507, "storage-full"), ((int)refused.Status, refused.Code));
        Assert.Equal("ok", (await server.Client.HealthAsync(Cancel)).Status);
        string fasta = InputFiles.Path("too-much.fasta", System.Text.Encoding.ASCII.GetString(large));
        CommandResult command = await CommandResult.RunAsync(
            workspace, Cancel, "--workspace", workspace, "proteins", "query-sets", "create", fasta);
        Assert.NotEqual(0, command.ExitCode);
        Assert.Contains("error[storage-full]: ", command.Error, StringComparison.Ordinal);
        Assert.Equal(before, new StoredState(workspace).RowCounts());
        Assert.Empty(await server.Proteins.QuerySetsAsync(Cancel));
        Assert.Empty(await server.Client.ArtifactsAsync("", null, 500, Cancel));

        File.Delete(ballast);
        QuerySet stored = await server.Proteins.CreateQuerySetAsync("enough room", null, new MemoryStream(large), Cancel);
        Assert.Equal(1, stored.EntryCount);
        Assert.Equal(stored.Id, Assert.Single(await server.Proteins.QuerySetsAsync(Cancel)).Id);
        await LoadedWorkspace.SucceedAsync(server, await server.Client.EnqueueAsync(new JobRequest("ping"), Cancel), Cancel);
        Assert.Equal(0, await server.StopAsync(Cancel));
        Assert.Equal("ok", new StoredState(workspace).Integrity());
    }

    private static void FillUp(string ballast, string folder)
    {
        long free = new DriveInfo(folder).AvailableFreeSpace - RoomLeft;
        using FileStream file = File.Create(ballast);
        byte[] block = new byte[1 << 16];
        for (; free > 0; free -= block.Length)
            file.Write(block);
    }

    /// <summary>A file system in memory, mounted for one test where the user may mount.</summary>
    private sealed class SmallDisk : IAsyncDisposable
    {
        public string Folder { get; } = TestFolder.New();

        /// <summary>Why there is none; null: it is mounted.</summary>
        public string? Refusal { get; private set; }

        public static async Task<SmallDisk> MountAsync()
        {
            SmallDisk disk = new();
            disk.Refusal = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={DiskBytes}", "penstock-test", disk.Folder);
            return disk;
        }

        public async ValueTask DisposeAsync()
        {
            if (Refusal is null)
                Assert.Null(await RunAsync("umount", Folder));
        }

        /// <returns>What went wrong, or null.</returns>
        private static async Task<string?> RunAsync(string program, params string[] arguments)
        {
            if (OperatingSystem.IsWindows() || !File.Exists("/proc/mounts"))
                return "this system has no tmpfs";
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            string error = await process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode == 0 ? null : error.Trim();
        }
    }
}

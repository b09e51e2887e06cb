using System.Text;
using System.Text.Json;
using Penstock.Client.Artifacts;
using Penstock.Client.Jobs;
using Penstock.EndToEnd.Processes;
using Penstock.S3;
using Penstock.Testing;
using Penstock.Testing.Servers;
using Xunit;

namespace Penstock.EndToEnd;

/// <summary>People start small: a folder with a finished demo in it becomes a host of a database and a bucket.</summary>
public sealed class MoveTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_workspace_moves_to_servers_with_its_jobs_records_accounts_and_artifacts()
    {
        PostgresServer.Require(Assert.SkipUnless);
        Assert.SkipUnless(S3Server.SkipReason is null, S3Server.SkipReason ?? "");
        string small = Path.Combine(TestFolder.New(), "lab");
        string table = Table(await RunAsync(Path.GetDirectoryName(small)!, "demo", "proteins", small, "--exit"));
        string large = await ServerProcess.NewWorkspaceAsync(Cancel);
        await File.AppendAllTextAsync(Path.Combine(large, "penstock.yaml"), await SharedServers.ConfigurationAsync("moved"), Cancel);

        string jobs, events, artifacts;
        await using (ServerProcess before = await ServerProcess.StartAsync(small, Cancel, "--no-workers"))
        {
            using MemoryStream note = new(Encoding.UTF8.GetBytes("kept"));
            await before.Client.UploadArtifactAsync("notes/first.txt", note, "text/plain", Cancel);
            (jobs, events, artifacts) = await StoredAsync(before);
            CommandResult refused = await CommandResult.RunAsync(large, Cancel, "db", "move", small);
            Assert.True(refused.ExitCode == 2 && refused.Error.Contains("error[workspace-in-use]", StringComparison.Ordinal), refused.ToString());
            Assert.Equal(0, await before.StopAsync(Cancel));
        }
        CommandResult move = await CommandResult.RunAsync(large, Cancel, "db", "move", small);
        Assert.True(move.ExitCode == 0, move.ToString());
        System.Console.WriteLine($"penstock db move: {move.Took.TotalSeconds:F1} s\n{move.Out}");

        await using (ServerProcess after = await ServerProcess.StartAsync(large, Cancel))
        {
            Assert.Equal((jobs, events, artifacts), await StoredAsync(after));
            using StreamReader note = new(await after.Client.OpenArtifactAsync("notes/first.txt", Cancel));
            Assert.Equal("kept", await note.ReadToEndAsync(Cancel));
            Assert.False(File.Exists(Path.Combine(large, "run", "first-password"))); // The accounts came along: none had to be made.
            Assert.Equal(0, await after.StopAsync(Cancel));
        }
        // All that was loaded is found here, and evaluated to the same table, by jobs that follow the moved ones.
        Assert.Equal(table, Table(await RunAsync(large, "demo", "proteins", large, "--exit")));
        Assert.Empty(Directory.GetFiles(Path.Combine(large, "data"), "*", SearchOption.AllDirectories));
    }

    /// <summary>What a client sees of jobs, their histories, and files with their content's hashes.</summary>
    private static async Task<(string Jobs, string Events, string Artifacts)> StoredAsync(ServerProcess server)
    {
        IReadOnlyList<JobView> jobs = await server.Client.JobsAsync(new JobQuery { IncludeChildren = true, Limit = 500 }, Cancel);
        Assert.InRange(jobs.Count, 5, 499);
        List<object> events = [];
        foreach (JobView job in jobs)
            events.AddRange(await server.Client.JobEventsAsync(job.Id, 0, 2_000, Cancel));
        IReadOnlyList<ArtifactView> artifacts = await server.Client.ArtifactsAsync("", null, 500, Cancel);
        Assert.NotEmpty(artifacts);
        return (JsonSerializer.Serialize(jobs), JsonSerializer.Serialize(events), JsonSerializer.Serialize(artifacts.Select(a => (a.Name, a.Sha256, a.SizeBytes, a.MediaType).ToString())));
    }

    private static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        CommandResult done = await CommandResult.RunAsync(folder, Cancel, arguments);
        Assert.True(done.ExitCode == 0, done.ToString());
        return done.Out;
    }

    private static string Table(string output) => output[output.IndexOf("SETTING", StringComparison.Ordinal)..];
}

using System.Text.Json;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>The log files of a workspace.</summary>
public sealed class LogFileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_line_is_one_JSON_object_and_the_reaper_has_a_file_of_its_own()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(settings: [("reaper.main_timeout_seconds", "172800")]);

        JsonElement started = await LineAsync(server, "worker-reaper.log", "StaleJobReaper started. timeout=172800s");
        Assert.Equal(("info", 172800), (started.GetProperty("level").GetString(), started.GetProperty("TimeoutSeconds").GetInt32()));
        JsonElement main = await LineAsync(server, "penstock.log", "StaleJobReaper started. timeout=172800s");
        Assert.EndsWith("Z", main.GetProperty("ts").GetString(), StringComparison.Ordinal);
        foreach (string line in await LinesAsync(server, "penstock.log"))
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind);
        Assert.DoesNotContain(await LinesAsync(server, "worker-reaper.log"), line => line.Contains("Worker ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_file_emptied_under_a_running_server_goes_on_without_a_hole()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        await LineAsync(server, "penstock.log", "StaleJobReaper started");
        string file = Path.Combine(server.Workspace.LogFolder, "penstock.log");
        await using (FileStream truncate = new(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            truncate.SetLength(0);

        await server.Admin.WaitForJobAsync(await server.EnqueueAsync("test.fail"), null, Cancel);

        await LineAsync(server, "penstock.log", "failed for good");
        Assert.Equal((byte)'{', (await File.ReadAllBytesAsync(file, Cancel))[0]);
    }

    private static async Task<JsonElement> LineAsync(ServerUnderTest server, string name, string words)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        while (true)
        {
            if ((await LinesAsync(server, name)).FirstOrDefault(line => line.Contains(words, StringComparison.Ordinal)) is { } found)
                return JsonDocument.Parse(found).RootElement;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    private static async Task<string[]> LinesAsync(ServerUnderTest server, string name)
    {
        string file = Path.Combine(server.Workspace.LogFolder, name);
        if (!File.Exists(file))
            return [];
        await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using StreamReader reader = new(stream);
        string text = await reader.ReadToEndAsync(Cancel);
        // What follows the last line break is a line still being written.
        return text.Split('\n')[..^1];
    }
}

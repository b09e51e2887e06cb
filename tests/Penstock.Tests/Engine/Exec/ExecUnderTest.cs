using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Exec;
using Penstock.Engine.Jobs;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Workers;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Engine.Exec;

/// <summary>An engine with one exec operation, in a folder of its own; its programs are real.</summary>
internal sealed class ExecUnderTest : IAsyncDisposable
{
    public const string Name = "test.program";

    private readonly TestEngine _engine;

    private ExecUnderTest(TestEngine engine, string folder) => (_engine, Folder) = (engine, folder);

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Where programs start.</summary>
    public string Folder { get; }
    public string RunFolder => Path.Combine(Folder, "marks");
    public TestEngine Engine => _engine;

    /// <summary>A definition that fails once, with nothing to wait for.</summary>
    public static ExecDefinition Program(params IReadOnlyList<string> command) => new(Name, "programs", command)
    {
        Retry = new RetryPolicy(1, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)),
        StopGrace = TimeSpan.FromMilliseconds(300),
    };

    public static ExecDefinition Shell(string script) => Program("sh", "-c", script);

    public static async Task<ExecUnderTest> StartAsync(ExecDefinition exec, TimeSpan? shutdownGrace = null)
    {
        string folder = TestFolder.New();
        TestEngine engine = await TestEngine.StartAsync(
            builder => builder.AddExecOperation(exec),
            before: services =>
            {
                services.AddSingleton(new ExecOptions { BaseFolder = folder, RunFolder = Path.Combine(folder, "marks") });
                services.AddSingleton(new WorkerOptions { Slots = 4, ShutdownGrace = shutdownGrace ?? TimeSpan.FromSeconds(30) });
            });
        engine.RunWorker();
        return new ExecUnderTest(engine, folder);
    }

    public async Task<Job> RunAsync(object? payload = null)
    {
        Guid jobId = await EnqueueAsync(payload);
        return await _engine.WaitForEndAsync(jobId);
    }

    public async Task<Guid> EnqueueAsync(object? payload = null) =>
        (await _engine.Client.EnqueueAsync(new NewJob(Name, JsonSerializer.Serialize(payload ?? new { })), Cancel)).JobId;

    public async Task<List<JobEvent>> EventsAsync(Guid jobId) => [.. await _engine.Reader.EventsAsync(jobId, after: 0, 5_000, Cancel)];

    /// <summary>All lines of output kept in the history.</summary>
    public async Task<List<string>> LinesAsync(Guid jobId) =>
        [.. (await EventsAsync(jobId)).Where(e => e.Name == "exec.output")
            .SelectMany(e => JsonDocument.Parse(e.Fields).RootElement.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!))];

    /// <summary>Waits until the program has written a file, and reads the process numbers in it.</summary>
    public async Task<List<int>> ProcessesAsync(string file, int count)
    {
        string path = Path.Combine(Folder, file);
        while (true)
        {
            string[] lines = File.Exists(path) ? await File.ReadAllLinesAsync(path, Cancel) : [];
            if (lines.Length >= count && lines.All(line => line.Length > 0))
                return [.. lines.Select(int.Parse)];
            await PauseAsync();
        }
    }

    /// <summary>Until none of the processes runs any more.</summary>
    public static async Task<TimeSpan> GoneAsync(IReadOnlyCollection<int> processes, TimeSpan within)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (processes.Any(IsAlive))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < within, $"Still running: {string.Join(", ", processes.Where(IsAlive))}");
            await PauseAsync();
        }
        return TimeProvider.System.GetElapsedTime(began);
    }

    public static bool IsAlive(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static Task PauseAsync() => Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}

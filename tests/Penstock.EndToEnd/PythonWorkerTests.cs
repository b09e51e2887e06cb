using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Penstock.Client.Jobs;
using Penstock.Client.Workers;
using Penstock.EndToEnd.Processes;
using Penstock.Testing;
using Xunit;

namespace Penstock.EndToEnd;

/// <summary>The sample worker in Python, when the server or the worker itself is killed in the middle of a stage.</summary>
public sealed class PythonWorkerTests
{
    private const string Stage = """
        import logging, sys, time
        from penstock_worker import Worker

        def work(unit):
            def step(name):
                with open(sys.argv[1], "a") as done:
                    done.write(f"{name}\n")
                return name
            for name in ("one", "two", "three"):
                unit.step(name, lambda: step(name))
                for _ in range(15):
                    unit.check()
                    time.sleep(0.1)
            return {"steps": 3}

        logging.basicConfig(level=logging.INFO)
        Worker({"lab.stage": work}).run()
        """;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stage_in_Python_survives_kill_9_of_the_server()
    {
        Lab lab = await Lab.MakeAsync();
        string url = $"http://127.0.0.1:{FreePort()}";
        HelperProcess python;
        Guid jobId;
        await using (ServerProcess server = await lab.UpAsync(url, leaseSeconds: 60))
        {
            python = lab.StartPython(server);
            jobId = (await server.Client.EnqueueAsync(new JobRequest("lab.stage"), Cancel)).Id;
            await lab.StepsBeyondAsync(0);
            await server.KillAsync();
        }
        await using HelperProcess worker = python;
        await using ServerProcess next = await lab.UpAsync(url, leaseSeconds: 60);
        JobDetail job = await EndAsync(next, jobId);
        // It went on over the gap: one attempt, each step once.
        Assert.Equal(("succeeded", 1), (job.Status, job.Attempt));
        Assert.Equal(["one", "two", "three"], lab.StepsDone);
        Assert.Equal(0, await worker.StopAsync(Cancel));
        Assert.DoesNotContain(await next.Client.WorkersAsync(Cancel), w => w.Kind == "http");
    }

    [Fact]
    public async Task A_stage_in_Python_survives_kill_9_of_itself_and_repeats_no_step_that_was_stored()
    {
        Lab lab = await Lab.MakeAsync();
        await using ServerProcess server = await lab.UpAsync("http://127.0.0.1:0", leaseSeconds: 3);
        Guid jobId;
        await using (HelperProcess first = lab.StartPython(server))
        {
            jobId = (await server.Client.EnqueueAsync(new JobRequest("lab.stage"), Cancel)).Id;
            await lab.StepsBeyondAsync(1); // The second has begun, so the first is stored.
            await first.KillAsync();
        }
        await using HelperProcess second = lab.StartPython(server);
        JobDetail job = await EndAsync(server, jobId);
        Assert.Equal(("succeeded", 2), (job.Status, job.Attempt));
        Assert.Equal("""{"steps":3}""", job.Result?.GetRawText());
        Assert.Single(lab.StepsDone, "one");
        Assert.Contains("three", lab.StepsDone);
        Assert.Contains(await server.Client.JobEventsAsync(jobId, 0, 100, Cancel), e => e.Event == "job.lost");
    }

    [Fact]
    public async Task SIGTERM_lets_the_stage_finish_and_a_cancelled_stage_stops_within_a_moment()
    {
        Lab lab = await Lab.MakeAsync();
        await using ServerProcess server = await lab.UpAsync("http://127.0.0.1:0", leaseSeconds: 15);
        await using HelperProcess python = lab.StartPython(server);
        Guid cancelled = (await server.Client.EnqueueAsync(new JobRequest("lab.stage"), Cancel)).Id;
        await lab.StepsBeyondAsync(0);
        await server.Client.CancelJobAsync(cancelled, "enough", Cancel);
        // The only slot is free again before the cancelled stage could have come to its end by itself.
        Guid jobId = (await server.Client.EnqueueAsync(new JobRequest("lab.stage"), Cancel)).Id;
        while (lab.StepsDone.Count(step => step == "one") < 2)
            await Task.Delay(PollInterval, TimeProvider.System, Cancel);
        Assert.DoesNotContain("three", lab.StepsDone);

        Assert.Equal(0, await python.StopAsync(Cancel));
        JobDetail job = await server.Client.JobAsync(jobId, Cancel);
        Assert.Equal(("succeeded", 1), (job.Status, job.Attempt));
        Assert.Equal("cancelled", (await server.Client.JobAsync(cancelled, Cancel)).Status);
        Assert.DoesNotContain(await server.Client.WorkersAsync(Cancel), w => w.Kind == "http");
    }

    [Fact]
    public async Task The_demo_calibrates_its_scores_in_a_Python_worker()
    {
        RequirePython();
        string folder = Path.Combine(TestFolder.New(), "lab");
        CommandResult demo = await CommandResult.RunAsync(
            Path.GetDirectoryName(folder)!, Cancel, "demo", "proteins", folder, "--python-worker", "--exit");
        Assert.True(demo.ExitCode == 0, demo.ToString());
        StoredState stored = new(folder);
        string text = (string)stored.Rows("select result from job where operation = 'proteins.calibrate_scores' and status = 'succeeded'")[0][0];
        JsonElement result = JsonSerializer.Deserialize<JsonElement>(text);
        foreach (string aspect in (string[])["P", "F", "C"])
        {
            JsonElement found = result.GetProperty(aspect);
            // The best function that never falls is no worse than the score itself, which is one of them.
            Assert.True(found.GetProperty("brier_after").GetDouble() <= found.GetProperty("brier_before").GetDouble());
            double[] steps = [.. found.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("probability").GetDouble())];
            Assert.Equal(steps.Order(), steps);
            Assert.Equal(found.GetProperty("predictions").GetInt32(), found.GetProperty("steps").EnumerateArray().Sum(step => step.GetProperty("predictions").GetInt32()));
        }
        Assert.Equal(0, stored.Count("select count(*) from worker"));
    }

    private static async Task<JobDetail> EndAsync(ServerProcess server, Guid jobId)
    {
        while (true)
        {
            JobDetail job = await server.Client.JobAsync(jobId, Cancel);
            if (job.FinishedAt is not null)
                return job;
            await Task.Delay(PollInterval, TimeProvider.System, Cancel);
        }
    }

    private static void RequirePython()
    {
        try
        {
            using Process probe = Process.Start(new ProcessStartInfo("python3", ["--version"]) { RedirectStandardOutput = true })!;
            probe.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("python3 is not installed on this machine.");
        }
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>A workspace with a stage in Python that leaves a line for each step it really does.</summary>
    private sealed class Lab
    {
        private readonly string _workspace;

        private Lab(string workspace) => _workspace = workspace;

        public IReadOnlyList<string> StepsDone => File.Exists(Done) ? File.ReadAllLines(Done) : [];

        private string Done => Path.Combine(_workspace, "done.txt");

        public static async Task<Lab> MakeAsync()
        {
            RequirePython();
            Lab lab = new(await ServerProcess.NewWorkspaceAsync(Cancel));
            await File.WriteAllTextAsync(Path.Combine(lab._workspace, "stage.py"), Stage, Cancel);
            await File.AppendAllTextAsync(Path.Combine(lab._workspace, "penstock.yaml"), """

                operations:
                  - name: lab.stage
                    kind: external
                    queue: lab.python
                """, Cancel);
            return lab;
        }

        public Task<ServerProcess> UpAsync(string url, int leaseSeconds) =>
            ServerProcess.StartAsync(_workspace, Cancel, "--urls", url, "--set", $"worker.lease_seconds={leaseSeconds}");

        public HelperProcess StartPython(ServerProcess server)
        {
            ProcessStartInfo start = new("python3", ["stage.py", Done])
            {
                WorkingDirectory = _workspace, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            start.Environment["PYTHONPATH"] = Path.Combine(Repository.Root, "samples", "python-worker");
            start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
            start.Environment["PENSTOCK_URL"] = server.Address.ToString();
            start.Environment["PENSTOCK_TOKEN"] = server.Token;
            return HelperProcess.Start(start);
        }

        public async Task StepsBeyondAsync(int count)
        {
            while (StepsDone.Count <= count)
                await Task.Delay(PollInterval, TimeProvider.System, Cancel);
        }
    }
}

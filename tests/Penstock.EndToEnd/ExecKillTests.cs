using System.Runtime.InteropServices;
using System.Text.Json;
using Penstock.Client.Events;
using Penstock.Client.Jobs;
using Penstock.EndToEnd.Processes;
using Penstock.Testing;
using Xunit;

namespace Penstock.EndToEnd;

/// <summary>The sample's exec stage, when the server or the program itself is killed or stopped in the middle of it.</summary>
public sealed class ExecKillTests
{
    private const int Sigkill = 9;
    private const int Sigstop = 19;
    private const int Sigcont = 18;
    private const int Proteins = 60_000;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_sample_stage_survives_kill_9_of_the_server_and_leaves_no_process_behind()
    {
        Stage stage = await Stage.MakeAsync();
        Guid jobId;
        List<int> first;
        await using (ServerProcess server = await ServerProcess.StartAsync(stage.Workspace, Cancel, Stage.Arguments))
        {
            jobId = await stage.EnqueueAsync(server);
            first = await stage.RunningAsync();
            await server.KillAsync();
        }
        // The program itself ends with its worker; what it had started may live until the next start.
        await stage.GoneAsync([first[0]], TimeSpan.FromSeconds(2));

        await using ServerProcess next = await ServerProcess.StartAsync(stage.Workspace, Cancel, Stage.Arguments);
        await stage.GoneAsync(first, TimeSpan.FromSeconds(2));
        JobDetail job = await stage.EndAsync(next, jobId);
        Assert.Equal(("succeeded", 2, (long?)Proteins), (job.Status, job.Attempt, job.ProgressCurrent));
        stage.CheckTable();
        Assert.Empty(stage.Marks);
    }

    [Fact]
    public async Task The_sample_stage_survives_kill_9_of_itself()
    {
        Stage stage = await Stage.MakeAsync();
        await using ServerProcess server = await ServerProcess.StartAsync(stage.Workspace, Cancel); // No short lease: a busy machine could lose it, and count an attempt.
        Guid jobId = await stage.EnqueueAsync(server);
        List<int> first = await stage.RunningAsync();
        Assert.Equal(0, Kill(first[0], Sigkill));
        JobDetail job = await stage.EndAsync(server, jobId);

        Assert.Equal(("succeeded", 2), (job.Status, job.Attempt));
        IReadOnlyList<EventView> events = await server.Client.JobEventsAsync(jobId, null, 2_000, Cancel);
        EventView failed = Assert.Single(events, e => e.Event == "job.attempt_failed");
        Assert.Contains("was ended by SIGKILL", failed.Message, StringComparison.Ordinal);
        await stage.GoneAsync(first, TimeSpan.FromSeconds(1));
        stage.CheckTable();
    }

    [Fact]
    public async Task A_server_stopped_past_its_lease_ends_the_program_before_the_job_runs_again()
    {
        Stage stage = await Stage.MakeAsync("""
              - name: slow
                kind: exec
                queue: slow
                command: [sh, -c, 'if [ "$PENSTOCK_ATTEMPT" = 1 ]; then echo $$ > first; sleep 600; else kill -0 "$(cat first)" 2> /dev/null && echo both > seen || echo alone > seen; fi']
            """);
        await using ServerProcess server = await ServerProcess.StartAsync(stage.Workspace, Cancel, Stage.Arguments);
        QueuedJob queued = await server.Client.EnqueueAsync(new JobRequest("slow"), Cancel);
        List<int> first = await stage.RunningAsync(1);

        Assert.Equal(0, Kill(server.ProcessId, Sigstop));
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, Cancel); // The lease is 3 s.
        Assert.True(Stage.IsAlive(first[0]));
        Assert.Equal(0, Kill(server.ProcessId, Sigcont));

        JobDetail job = await stage.EndAsync(server, queued.Id);
        Assert.Equal(("succeeded", 2), (job.Status, job.Attempt));
        Assert.Equal("alone", (await File.ReadAllTextAsync(Path.Combine(stage.Workspace, "seen"), Cancel)).Trim());
        await stage.GoneAsync(first, TimeSpan.FromSeconds(1));
    }

    /// <summary>A workspace with the stage of samples/exec-stage and more proteins than it reads in a moment.</summary>
    private sealed class Stage
    {
        public static readonly string[] Arguments = ["--set", "worker.lease_seconds=3"];

        private Stage(string workspace) => Workspace = workspace;

        public string Workspace { get; }
        public string[] Marks => Directory.GetFiles(Path.Combine(Workspace, "run", "exec"));
        private string Input => Path.Combine(Workspace, "proteins.fasta");
        private string Output => Path.Combine(Workspace, "composition.tsv");

        public static async Task<Stage> MakeAsync(string operations = "")
        {
            Stage stage = new(await ServerProcess.NewWorkspaceAsync(Cancel));
            string script = Path.Combine(Repository.Root, "samples", "exec-stage", "composition.sh");
            await File.AppendAllTextAsync(Path.Combine(stage.Workspace, "penstock.yaml"), $$"""

                operations:
                  - name: proteins.composition
                    kind: exec
                    queue: proteins.exec
                    command: [sh, {{script}}, "{input}", "{output}"]
                    env: [PATH]
                {{operations}}
                """, Cancel);
            await using StreamWriter fasta = new(stage.Input);
            for (int i = 0; i < Proteins; i++)
                await fasta.WriteAsync($">sp|P{i:000000}|X\nMKWVTFISLLFLFSSAYSRGVFRRDAHKSEVAHRFKDLGEENFKALVLIAFAQYLQQCPFEDHVKLVNEVTEFAKTCVADES\n");
            return stage;
        }

        public async Task<Guid> EnqueueAsync(ServerProcess server) => (await server.Client.EnqueueAsync(
            new JobRequest("proteins.composition") { Payload = JsonSerializer.SerializeToElement(new { input = Input, output = Output }) }, Cancel)).Id;

        /// <summary>Until the program has left its mark and started others; their numbers, its own first.</summary>
        public async Task<List<int>> RunningAsync(int least = 2)
        {
            while (true)
            {
                string folder = Path.Combine(Workspace, "run", "exec");
                if (Directory.Exists(folder) && Marks is [var mark] && (await File.ReadAllTextAsync(mark, Cancel)).Split(' ') is [{ Length: > 0 } id, ..])
                {
                    int session = int.Parse(id);
                    List<int> members = [session, .. Session(session).Where(member => member != session)];
                    if (members.Count >= least)
                        return members;
                }
                await Task.Delay(PollInterval, TimeProvider.System, Cancel);
            }
        }

        public async Task GoneAsync(IReadOnlyList<int> processes, TimeSpan within)
        {
            long began = TimeProvider.System.GetTimestamp();
            while (processes.Any(IsAlive))
            {
                Assert.True(TimeProvider.System.GetElapsedTime(began) < within, $"Still running: {string.Join(", ", processes.Where(IsAlive))}");
                await Task.Delay(PollInterval, TimeProvider.System, Cancel);
            }
        }

        public async Task<JobDetail> EndAsync(ServerProcess server, Guid jobId)
        {
            while (await server.Client.JobAsync(jobId, Cancel) is var job)
            {
                if (job.Status is "succeeded" or "failed" or "cancelled")
                    return job;
                await Task.Delay(PollInterval * 5, TimeProvider.System, Cancel);
            }
            throw new InvalidOperationException();
        }

        /// <summary>One line per protein, each as computed by hand: 82 residues, of them 5 alanines.</summary>
        public void CheckTable()
        {
            string[] lines = File.ReadAllLines(Output);
            Assert.Equal(Proteins + 1, lines.Length);
            Assert.Equal(Enumerable.Range(0, Proteins).Select(i => $"P{i:000000}"), lines.Skip(1).Select(line => line.Split('\t')[0]));
            Assert.Single(lines.Skip(1).Select(line => line[line.IndexOf('\t')..]).Distinct());
            Assert.False(File.Exists(Output + ".part"));
        }

        public static bool IsAlive(int process) => Stat(process) is [not ("Z" or "X"), ..];

        private static IEnumerable<int> Session(int session) => Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out int id) ? id : 0)
            .Where(id => id > 0 && Stat(id) is [not ("Z" or "X"), _, _, var found, ..] && found == $"{session}");

        private static string[] Stat(int process)
        {
            try
            {
                string stat = File.ReadAllText($"/proc/{process}/stat");
                return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            }
            catch (IOException)
            {
                return ["X"];
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);
}

using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Penstock.Cli.Output;
using Penstock.Client;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Penstock.Server.Workspaces;

namespace Penstock.Cli.Demo;

/// <summary>The demonstration's optional stage in Python: a worker process of another language calibrates the scores of the predictions.</summary>
internal sealed class PythonStage : IAsyncDisposable
{
    public const string OperationName = "proteins.calibrate_scores";

    private const string Program = "python3";
    private const string Folder = "tools";
    private const string Script = "calibrate_scores.py";
    private const string Library = "penstock_worker.py";
    private const string Log = "python-worker.log";

    private const string Entry = $$"""
          - name: {{OperationName}}
            kind: external
            queue: proteins.python
            summary: Finds what the scores of a prediction set are worth.
        """;

    private readonly Process _process;

    private PythonStage(Process process) => _process = process;

    /// <summary>Puts the worker and its operation into the workspace, once.</summary>
    /// <exception cref="UsageException">There is no Python on this machine.</exception>
    public static void Install(Workspace workspace)
    {
        RequirePython();
        Directory.CreateDirectory(Path.Combine(workspace.Root, Folder));
        foreach (string file in (string[])[Script, Library])
        {
            using Stream source = typeof(PythonStage).Assembly.GetManifestResourceStream(file)!;
            using FileStream target = File.Create(Path.Combine(workspace.Root, Folder, file));
            source.CopyTo(target);
        }
        OperationsText.Add(workspace, OperationName, Entry);
    }

    /// <summary>Starts the worker; it ends with this object.</summary>
    public static PythonStage Start(Workspace workspace, string url, string token)
    {
        // Through a shell for its redirection only: a pipe to this process would have to be read all the time.
        ProcessStartInfo start = new("/bin/sh") { WorkingDirectory = workspace.Root };
        foreach (string argument in (string[])["-c", $"exec {Program} {Folder}/{Script} >>\"$0\" 2>&1", Path.Combine(workspace.LogFolder, Log)])
            start.ArgumentList.Add(argument);
        start.Environment["PENSTOCK_URL"] = url;
        start.Environment["PENSTOCK_TOKEN"] = token;
        return new PythonStage(Process.Start(start)!);
    }

    public static DemoStep Step(PenstockClient client, ProteinsClient proteins) => new(
        "calibrate the scores in a Python worker",
        async token => await client.EnqueueAsync(
            new JobRequest(OperationName)
            {
                Payload = JsonSerializer.SerializeToElement(new
                {
                    prediction_set_id = (await new Proteins.Sets(proteins, token).PredictionsAsync(null)).Id,
                    evaluation_set_id = (await proteins.EvaluationSetsAsync(token))[0].Id,
                }),
            },
            token),
        Outcome);

    /// <summary>Lets it sign off, then ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            ProcessSignals.Terminate(_process.Id);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Outcome(JsonElement result) => string.Join(", ", result.EnumerateObject().Select(aspect =>
        $"{aspect.Name}: Brier score {aspect.Value.GetProperty("brier_before").GetDouble():0.000} to {aspect.Value.GetProperty("brier_after").GetDouble():0.000}"));

    private static void RequirePython()
    {
        if (OperatingSystem.IsWindows())
            throw new UsageException("The Python stage of the demo needs a shell and signals; it runs on Linux and macOS.");
        try
        {
            using Process probe = Process.Start(new ProcessStartInfo(Program, ["--version"]) { RedirectStandardOutput = true })!;
            probe.WaitForExit();
        }
        catch (Win32Exception)
        {
            throw new UsageException($"There is no {Program} on this machine. Install Python 3, or leave --python-worker out.");
        }
    }
}

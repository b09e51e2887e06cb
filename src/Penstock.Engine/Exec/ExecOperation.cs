using System.Text.Json;
using Microsoft.Extensions.Logging;
using Penstock.Engine.Operations;

namespace Penstock.Engine.Exec;

/// <summary>Runs the program of an exec operation for one job.</summary>
/// <remarks>
/// Whether a second run is safe is the program's affair; it is told the attempt in <c>PENSTOCK_ATTEMPT</c>. Two runs of one job
/// never overlap: the first is ended with all it started before its lease can pass on.
/// </remarks>
internal sealed class ExecOperation(
    OperationRegistry registry, ExecOptions options, RunRecords records, IdGenerator ids, TimeProvider time, ILogger<ExecOperation> logger)
    : IOperation
{
    public Type PayloadType => typeof(JsonElement);

    public async Task<JobOutcome> ExecuteAsync(object payload, JobContext job, CancellationToken cancellationToken)
    {
        ProgramStart.EnsureAvailable();
        ExecDefinition exec = registry.Operation(job.Lease.Operation).Exec
            ?? throw new InvalidOperationException($"Operation {job.Lease.Operation} has no program.");
        JsonElement members = (JsonElement)payload;
        List<string> arguments = ExecArguments.Fill(exec, members)[1..];
        string folder = Path.GetFullPath(exec.WorkingDirectory ?? ".", options.BaseFolder);
        if (!Directory.Exists(folder))
            throw new ExecNotFoundException(exec.Name, $"its working directory {folder} does not exist. Make it, or correct working_directory.");
        string runId = ids.NewId().ToString("N");
        Dictionary<string, string> environment = EnvironmentFor(exec, job, runId);
        string program = ProgramStart.Resolve(exec, folder, environment.GetValueOrDefault("PATH"));
        cancellationToken.ThrowIfCancellationRequested();

        string record = records.PathFor(runId);
        using System.Diagnostics.Process process = await ProgramStart.StartAsync(exec, program, arguments, folder, environment, record, job.Lease.WorkerId);
        try
        {
            ExecRun run = new(exec, job, process, record, runId, time, logger);
            return new JobOutcome.Succeeded(await run.RunAsync(members.GetRawText(), cancellationToken));
        }
        finally
        {
            RunRecords.Remove(record);
        }
    }

    private static Dictionary<string, string> EnvironmentFor(ExecDefinition exec, JobContext job, string runId)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        foreach (string name in exec.Environment)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                environment[name] = value;
        }
        foreach ((string name, string value) in exec.SetEnvironment)
            environment[name] = value;
        environment["PENSTOCK_JOB_ID"] = $"{job.JobId}";
        environment["PENSTOCK_ATTEMPT"] = $"{job.Attempt}";
        environment["PENSTOCK_OPERATION"] = job.Lease.Operation;
        environment["PENSTOCK_QUEUE"] = job.Lease.QueueName;
        environment["PENSTOCK_WORKER_ID"] = job.Lease.WorkerId;
        if (job.ParentJobId is { } parent)
            environment["PENSTOCK_PARENT_JOB_ID"] = $"{parent}";
        environment[ProcessGroup.MarkVariable] = runId;
        return environment;
    }
}

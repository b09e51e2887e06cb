using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.Jobs;

namespace Penstock.Cli.Commands;

/// <summary>Steps, dependencies and awaited signals of a job as tables; nothing for a job that has none.</summary>
internal static class FlowTables
{
    public static void Print(CommandRun run, JobDetail job)
    {
        DateTimeOffset now = run.Time.GetUtcNow();
        if (job.AwaitedSignals.Count > 0)
        {
            run.Terminal.Line();
            run.Terminal.Print(job.AwaitedSignals, "",
                new Column<SignalWaitView>("WAITS FOR SIGNAL", wait => wait.Name) { Style = _ => "bold" },
                new Column<SignalWaitView>("SINCE", wait => Words.Age(wait.Since, now)) { RightAligned = true },
                new Column<SignalWaitView>("UNTIL", wait => wait.Deadline is { } deadline ? Words.Instant(deadline) : "for ever"));
        }
        if (job.Steps.Count > 0)
        {
            run.Terminal.Line();
            run.Terminal.Print(job.Steps, "",
                new Column<StepView>("STEP", step => step.Name) { Style = _ => "bold", ShrinksTo = 16 },
                new Column<StepView>("KIND", step => step.Kind) { DropOrder = 1 },
                new Column<StepView>("OUTCOME", step => step.Outcome) { Style = step => step.Outcome == "completed" ? "green" : "red" },
                new Column<StepView>("TOOK", step => Words.Of(TimeSpan.FromSeconds(step.DurationSeconds))) { RightAligned = true },
                new Column<StepView>("ATTEMPT", step => $"{step.Attempt}") { RightAligned = true, DropOrder = 2 },
                new Column<StepView>("OUTPUT", step => step.Output is { } output ? Words.Json(output, indented: false) : Words.Bytes(step.OutputLength))
                {
                    ShrinksTo = 12,
                });
        }
        Print(run, "DEPENDS ON", job.DependsOn);
        Print(run, "DEPENDENT", job.Dependents);
    }

    private static void Print(CommandRun run, string title, IReadOnlyList<DependencyView> dependencies)
    {
        if (dependencies.Count == 0)
            return;
        run.Terminal.Line();
        run.Terminal.Print(dependencies, "",
            new Column<DependencyView>(title, dependency => JobIds.Short(dependency.JobId)) { Style = _ => "bold" },
            new Column<DependencyView>("OPERATION", dependency => dependency.Operation ?? "(deleted)") { ShrinksTo = 16 },
            new Column<DependencyView>("STATUS", dependency => dependency.Status ?? "") { Style = d => Words.StatusStyle(d.Status ?? "") },
            new Column<DependencyView>("STEP", dependency => dependency.Step ?? "") { DropOrder = 1 },
            new Column<DependencyView>("ON FAILURE", dependency => dependency.Step is null ? dependency.OnFailure : "") { DropOrder = 2 },
            new Column<DependencyView>("RESOLVED", dependency => dependency.Resolution ?? "not yet"));
    }
}

using Penstock.Client.Jobs;
using Penstock.Client.Signals;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.Server.Jobs;

/// <summary>Steps, dependencies and signals in the words of the API.</summary>
internal static class FlowViews
{
    public static JobDetail With(this JobDetail job, Job stored, JobFlow flow) => job with
    {
        UniqueKey = stored.UniqueKey,
        Steps = flow.Steps.Select(ToView).ToList(),
        DependsOn = flow.DependsOn.Select(ToView).ToList(),
        Dependents = flow.Dependents.Select(ToView).ToList(),
        AwaitedSignals = flow.Signals.Select(w => new SignalWaitView(w.Name, w.Step, w.Since, w.Deadline)).ToList(),
    };

    public static StepView ToView(this StepState step) => new(
        step.Name, step.Kind.ToText(), step.Outcome.ToText(), step.Output is null ? null : JobViews.Parse(step.Output), step.OutputLength,
        step.Attempt, step.FinishedAt, step.Duration.TotalSeconds);

    public static SignalView ToView(this SignalState signal) =>
        new(signal.Name, JobViews.Parse(signal.Payload), signal.SentAt, signal.SentBy, signal.Waiting);

    private static DependencyView ToView(DependencyState dependency) => new(
        dependency.JobId, dependency.Operation, dependency.Status?.ToText(), dependency.OnFailure,
        dependency.Step.Length == 0 ? null : dependency.Step, dependency.ResolvedAt, dependency.Resolution);
}

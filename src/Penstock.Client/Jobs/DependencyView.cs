namespace Penstock.Client.Jobs;

/// <summary>One job that another one waits for, or waited for; seen from either end.</summary>
/// <param name="JobId">The job at the other end.</param>
/// <param name="Operation">Null: it was deleted.</param>
/// <param name="Status">Of the job at the other end.</param>
/// <param name="OnFailure">What becomes of the dependent when the other does not succeed: <c>cancel</c>, <c>run</c> or <c>hold</c>.</param>
/// <param name="Step">The step that awaits it as a child; null: a dependency given when the dependent was enqueued.</param>
/// <param name="ResolvedAt">Null: it is still waited for.</param>
/// <param name="Resolution"><c>succeeded</c>, <c>failed</c>, <c>cancelled</c>, <c>released</c> by a person, or <c>abandoned</c> because the dependent ended first.</param>
public sealed record DependencyView(
    Guid JobId, string? Operation, string? Status, string OnFailure, string? Step, DateTimeOffset? ResolvedAt, string? Resolution);

using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;

namespace Penstock.TestKit;

/// <summary>A job that has ended, with its history.</summary>
/// <param name="Events">Oldest first.</param>
/// <param name="Exception">What the last execution threw, as it was thrown; null if it returned.</param>
public sealed record JobRun<TResult>(Job Job, IReadOnlyList<JobEvent> Events, Exception? Exception)
{
    public JobStatus Status => Job.Status;

    /// <summary>Executions it took.</summary>
    public int Attempts => Job.Attempt;
    public string? ErrorCode => Job.ErrorCode;
    public string? ErrorMessage => Job.ErrorMessage;
    public IReadOnlyList<string> EventNames => [.. Events.Select(e => e.Name)];

    /// <summary>What the operation returned, through JSON as every reader gets it.</summary>
    /// <exception cref="PenstockAssertionException">The job did not succeed.</exception>
    public TResult Result => Status == JobStatus.Succeeded
        ? (TResult)PayloadJson.Read(Job.Result ?? "null", typeof(TResult))
        : throw new PenstockAssertionException(
            $"{Job.Operation} {Status.ToText()} after {Attempts} attempts: {ErrorCode} {ErrorMessage}\nEvents: {string.Join(", ", EventNames)}\n{Exception}");

    /// <summary>The job's dead letter or cancellation, as an assertion: it failed with this code.</summary>
    /// <exception cref="PenstockAssertionException">It did not.</exception>
    public JobRun<TResult> AssertFailed(string errorCode) => Status == JobStatus.Failed && ErrorCode == errorCode
        ? this
        : throw new PenstockAssertionException(
            $"{Job.Operation} was to fail with {errorCode}; it {Status.ToText()} ({ErrorCode ?? "no error"}).\nEvents: {string.Join(", ", EventNames)}\n{Exception}");
}

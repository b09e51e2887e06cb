using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

public sealed partial class SqlJobStore
{
    public Task<IReadOnlyList<StoredStep>> StepsAsync(Guid jobId, CancellationToken cancellationToken) =>
        _database.ReadAsync((session, token) => StepWriter.ListAsync(session, jobId, token), cancellationToken);

    public Task StoreStepAsync(JobLease lease, StepDraft step, CancellationToken cancellationToken) =>
        WriteAsync(
            async (write, token) =>
            {
                await StepWriter.StoreAsync(write, lease, step, token);
                return true;
            },
            cancellationToken);

    public Task<StoredStep?> AwaitSignalAsync(
        JobLease lease, string step, string signal, TimeSpan? timeout, CancellationToken cancellationToken) =>
        WriteAsync((write, token) => SignalWriter.AwaitAsync(write, lease, step, signal, timeout, token), cancellationToken);

    public Task<StoredStep?> AwaitChildrenAsync(
        JobLease lease, string step, IReadOnlyList<JobDraft> children, CancellationToken cancellationToken) =>
        WriteAsync((write, token) => ChildStepWriter.AwaitAsync(write, lease, step, children, token), cancellationToken);

    public Task<bool> SendSignalAsync(SignalDraft signal, CancellationToken cancellationToken) =>
        WriteAsync((write, token) => SignalWriter.SendAsync(write, signal, token), cancellationToken);

    public Task<Job> UnblockAsync(Guid jobId, string? by, CancellationToken cancellationToken) =>
        WriteAsync(
            async (write, token) =>
            {
                await DependencyWriter.ReleaseAsync(write, jobId, by, token);
                return await SqlJobReader.FindAsync(write.Session, jobId, token) ?? throw new JobNotFoundException(jobId);
            },
            cancellationToken);

    public Task<int> PruneSignalsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        WriteAsync((write, token) => SignalWriter.PruneAsync(write, before, limit, token), cancellationToken);
}

using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Sql.Jobs;
using Penstock.Sql.Limits;

namespace Penstock.Sql.Controls;

/// <summary>What operators do to queues and workers, each call one transaction.</summary>
public sealed class SqlControlStore : IControlStore
{
    private const string PauseSql = """
        update queue set paused_at = @now, paused_by = @by, pause_reason = @reason where name = @name and paused_at is null
        """;

    private const string ResumeSql = """
        update queue set paused_at = null, paused_by = null, pause_reason = null where name = @name and paused_at is not null
        """;

    private const string QueueIdSql = "select id from queue where name = @name";

    private readonly StoreCalls _calls;

    public SqlControlStore(SqlDatabase database, IWakeUps wakeUps, TimeProvider time, IdGenerator ids) =>
        _calls = new StoreCalls(database, wakeUps, time, ids, new QueueTable());

    public Task DeclareResourcesAsync(IReadOnlyCollection<ResourceDefinition> resources, CancellationToken cancellationToken) =>
        RunAsync((write, token) => ResourceTable.DeclareAsync(write, resources, token), cancellationToken);

    public Task<bool> PauseAsync(string queueName, string by, string? reason, CancellationToken cancellationToken) =>
        _calls.RunAsync(
            async (write, token) =>
            {
                await RequireAsync(write, queueName, token);
                using SqlStatement pause = write.Session.Statement(PauseSql)
                    .Bind("name", queueName).Bind("now", write.Now).Bind("by", by).Bind("reason", reason);
                return await pause.ExecuteAsync(token) > 0;
            },
            cancellationToken);

    public Task<bool> ResumeAsync(string queueName, CancellationToken cancellationToken) =>
        _calls.RunAsync(
            async (write, token) =>
            {
                await RequireAsync(write, queueName, token);
                using SqlStatement resume = write.Session.Statement(ResumeSql).Bind("name", queueName);
                write.Woken.Add(queueName);
                return await resume.ExecuteAsync(token) > 0;
            },
            cancellationToken);

    public Task<QueueStep> PurgeAsync(
        string queueName, string by, QueueCursor? after, int limit, CancellationToken cancellationToken) =>
        _calls.RunAsync(
            async (write, token) =>
            {
                long id = await RequireAsync(write, queueName, token);
                return await new QueueWalk(write, id).StepAsync(
                    after, limit, (hint, _) => PurgeWriter.CancelAsync(write, id, queueName, hint, by, token), token);
            },
            cancellationToken);

    public Task<QueueStep> ReprioritiseAsync(
        string queueName, string? operation, int priority, string by, QueueCursor? after, int limit, CancellationToken cancellationToken) =>
        _calls.RunAsync(
            async (write, token) =>
            {
                long id = await RequireAsync(write, queueName, token);
                return await new QueueWalk(write, id).StepAsync(
                    after, limit, (hint, _) => PriorityWriter.ChangeAsync(write, id, hint.Seq, operation, priority, by, token), token);
            },
            cancellationToken);

    public Task ReprioritiseAsync(Guid jobId, int priority, string by, CancellationToken cancellationToken) =>
        RunAsync((write, token) => PriorityWriter.ChangeAsync(write, jobId, priority, by, token), cancellationToken);

    public Task DrainWorkerAsync(string workerId, string by, CancellationToken cancellationToken) =>
        RunAsync((write, token) => WorkerTable.DrainAsync(write, workerId, by, token), cancellationToken);

    private Task RunAsync(Func<StoreWrite, CancellationToken, Task> work, CancellationToken cancellationToken) =>
        _calls.RunAsync(
            async (write, token) =>
            {
                await work(write, token);
                return true;
            },
            cancellationToken);

    private static async Task<long> RequireAsync(StoreWrite write, string queueName, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(QueueIdSql).Bind("name", queueName);
        long id = await find.ScalarAsync<long>(cancellationToken);
        return id > 0 ? id : throw new QueueNotFoundException(queueName);
    }
}

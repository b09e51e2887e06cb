using Penstock.Engine;
using Penstock.Engine.Transport;

namespace Penstock.Sql.Jobs;

/// <summary>Runs each call of a store as one transaction, and after its commit tells those who wait for what it wrote.</summary>
internal sealed class StoreCalls(SqlDatabase database, IWakeUps wakeUps, TimeProvider time, IdGenerator ids, QueueTable queues)
{
    public StoreWrite Begin(SqlSession session) => new(session, time, queues, ids);

    /// <inheritdoc cref="SqlDatabase.WriteAsync{T}"/>
    public async Task<T> RunAsync<T>(
        Func<StoreWrite, CancellationToken, Task<T>> work, CancellationToken cancellationToken, bool forCommands = false)
    {
        (T result, StoreWrite done) = await CommitAsync(work, forCommands, cancellationToken);
        // Each in a transaction of its own, so that heartbeats and claims get their turn in between.
        while (done.IsUnsettled)
            (_, done) = await CommitAsync(SettleAsync, forCommands: false, cancellationToken);
        return result;
    }

    /// <summary>After a commit that wrote events.</summary>
    /// <param name="queues">Those that received ready units.</param>
    public void Tell(IEnumerable<string> queues)
    {
        foreach (string queue in queues)
            wakeUps.QueueReady(queue);
        wakeUps.EventsWritten();
    }

    private static async Task<bool> SettleAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        await DependencyWriter.SettleOneAsync(write, cancellationToken);
        return true;
    }

    private async Task<(T Result, StoreWrite Done)> CommitAsync<T>(
        Func<StoreWrite, CancellationToken, Task<T>> work, bool forCommands, CancellationToken cancellationToken)
    {
        StoreWrite? done = null;
        T result = await database.WriteAsync(
            async (session, token) =>
            {
                StoreWrite write = Begin(session);
                T value = await work(write, token);
                await write.FlushAsync(token);
                done = write;
                return value;
            },
            cancellationToken,
            forCommands);
        // Only now is it true for others.
        if (done!.LeasesChanged)
            wakeUps.LeasesChanged();
        Tell(done.Woken);
        return (result, done);
    }
}

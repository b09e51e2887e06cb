using System.Data.Common;

namespace Penstock.Engine.Enqueueing;

/// <summary>A database transaction that jobs can be enqueued in. Disposed without a commit, it leaves nothing.</summary>
public sealed class JobTransaction : IAsyncDisposable
{
    private readonly IJobClient _jobs;
    private readonly JobDrafting _drafting;
    private readonly HashSet<string> _queues = new(StringComparer.Ordinal);
    private readonly bool _isOwner;

    internal JobTransaction(IJobClient jobs, JobDrafting drafting, DbTransaction transaction, bool isOwner)
    {
        _jobs = jobs;
        _drafting = drafting;
        Transaction = transaction;
        Connection = transaction.Connection ?? throw new InvalidOperationException("The transaction has ended already.");
        _isOwner = isOwner;
    }

    /// <summary>For the program's own statements; each needs <see cref="Transaction"/> too.</summary>
    public DbConnection Connection { get; }
    public DbTransaction Transaction { get; }

    /// <summary>A statement in this transaction.</summary>
    public DbCommand CreateCommand()
    {
        DbCommand command = Connection.CreateCommand();
        command.Transaction = Transaction;
        return command;
    }

    /// <summary>The job exists once <see cref="CommitAsync"/> has returned.</summary>
    /// <inheritdoc cref="IJobClient.EnqueueAsync(NewJob, CancellationToken)" path="/exception"/>
    public async Task<EnqueueResult> EnqueueAsync(NewJob job, CancellationToken cancellationToken)
    {
        EnqueueResult result = (await _jobs.EnqueueManyAsync([job], Transaction, cancellationToken))[0];
        _queues.Add(_drafting.QueueOf(job));
        return result;
    }

    /// <inheritdoc cref="EnqueueAsync(NewJob, CancellationToken)"/>
    public Task<EnqueueResult> EnqueueAsync(string operation, object payload, CancellationToken cancellationToken) =>
        EnqueueAsync(NewJob.Of(operation, payload), cancellationToken);

    /// <inheritdoc cref="EnqueueAsync(NewJob, CancellationToken)"/>
    public Task<EnqueueResult> EnqueueAsync<TOperation>(object payload, CancellationToken cancellationToken)
        where TOperation : class =>
        EnqueueAsync(_jobs.New<TOperation>(payload), cancellationToken);

    /// <summary>Commits everything, then wakes the workers of this process.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await Transaction.CommitAsync(cancellationToken);
        foreach (string queue in _queues)
            await _jobs.WakeAsync(queue, CancellationToken.None); // Committed: a cancelled caller must not make its workers wait.
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isOwner)
            return;
        await Transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}

using System.Threading.Channels;

namespace Penstock.Sql;

/// <summary>The one writer of this process. Calls that arrive while a commit is being written share the next one.</summary>
/// <remarks>
/// No timer decides what shares a commit: the disk does. Alone, a call commits at once; under load, the calls of one
/// commit's duration go together. A dialect says how the calls of one commit are kept apart.
/// </remarks>
public abstract class GroupWriter : IAsyncDisposable
{
    /// <summary>Calls in one commit at most: bounds how long the first of them waits for the last.</summary>
    private const int CallsPerCommitMax = 256;

    private readonly Channel<WriteCall> _waiting = Channel.CreateUnbounded<WriteCall>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _loop;
    private long _commits;
    private long _served;

    // Goes on in the context it was made in: on the thread pool, or on the scheduler of a simulation.
    protected GroupWriter() => _loop = RunLoopAsync();

    /// <summary>Commits so far and the calls that shared them.</summary>
    public (long Commits, long Calls) Counts => (Interlocked.Read(ref _commits), Interlocked.Read(ref _served));

    /// <summary>Returns when the work is committed.</summary>
    public Task<T> RunAsync<T>(
        Func<SqlSession, CancellationToken, Task<T>> work, bool forCommands, CancellationToken cancellationToken)
    {
        WriteCall<T> call = new(work, forCommands, cancellationToken);
        Put(call);
        return call.Completion;
    }

    /// <inheritdoc cref="SqlDatabase.AddAsync{TRow, TResult}"/>
    public Task<IReadOnlyList<TResult>> AddAsync<TRow, TResult>(
        RowAdder<TRow, TResult> adder, IReadOnlyList<TRow> rows, CancellationToken cancellationToken)
    {
        AddCall<TRow, TResult> call = new(adder, rows, cancellationToken);
        Put(call);
        return call.Completion;
    }

    /// <summary>Waits for the calls that came before.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop;
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Waits until this process may write; whoever calls meanwhile shares the commit.</summary>
    protected virtual ValueTask TakeTurnAsync() => ValueTask.CompletedTask;

    /// <summary>After each turn that was taken.</summary>
    protected virtual void GiveTurn()
    {
    }

    /// <summary>Runs the calls in one transaction, or each in its own. Those that are not committed have failed afterwards.</summary>
    protected abstract Task CommitAsync(IReadOnlyList<WriteCall> calls);

    protected abstract ValueTask CloseAsync();

    /// <summary>A transaction was committed, with these many calls.</summary>
    protected void Count(int calls)
    {
        Interlocked.Increment(ref _commits);
        Interlocked.Add(ref _served, calls);
    }

    private void Put(WriteCall call)
    {
        if (!_waiting.Writer.TryWrite(call))
            throw new ObjectDisposedException(nameof(SqlDatabase), "The database is closed.");
    }

    private async Task RunLoopAsync()
    {
        List<WriteCall> calls = [];
        while (await _waiting.Reader.WaitToReadAsync())
        {
            try
            {
                await CommitNextAsync(calls);
            }
            catch (Exception error)
            {
                // Whoever waits hears it; the next calls find a writer.
                Gather(calls);
                foreach (WriteCall call in calls)
                    call.Fail(error);
            }
            foreach (WriteCall call in calls)
                call.Settle();
            calls.Clear();
        }
    }

    private async Task CommitNextAsync(List<WriteCall> calls)
    {
        await TakeTurnAsync();
        try
        {
            Gather(calls); // Only now: what arrived during the wait shares this commit.
            await CommitAsync(calls);
        }
        finally
        {
            GiveTurn();
        }
    }

    private void Gather(List<WriteCall> calls)
    {
        while (calls.Count < CallsPerCommitMax && _waiting.Reader.TryRead(out WriteCall? call))
            calls.Add(call);
    }
}

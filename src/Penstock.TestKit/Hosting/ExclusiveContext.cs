namespace Penstock.TestKit.Hosting;

/// <summary>Runs everything of one test host one after another, in the order it was asked for, and knows when nothing is left.</summary>
/// <remarks>
/// It drives itself on the thread pool, so calls from the test need no pump. What is awaited under it continues under it;
/// only work of the outside (files, sockets, <c>Task.Run</c>) happens elsewhere and comes back as a post.
/// </remarks>
internal sealed class ExclusiveContext : SynchronizationContext
{
    private readonly Lock _lock = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posts = new();
    private readonly List<TaskCompletionSource> _quietWaiters = [];
    private readonly List<TaskCompletionSource> _postWaiters = [];
    private bool _isDriving;
    private long _posted;

    /// <summary>What a continuation threw that nobody awaits; the host is not to be trusted any more.</summary>
    public Exception? Broken { get; private set; }

    /// <summary>Posts so far.</summary>
    public long Posted => Interlocked.Read(ref _posted);

    public override void Post(SendOrPostCallback d, object? state)
    {
        List<TaskCompletionSource> waiters;
        lock (_lock)
        {
            _posts.Enqueue((d, state));
            _posted++;
            waiters = [.. _postWaiters];
            _postWaiters.Clear();
            if (!_isDriving)
            {
                _isDriving = true;
                ThreadPool.UnsafeQueueUserWorkItem(static context => context.Drive(), this, preferLocal: false);
            }
        }
        waiters.ForEach(w => w.TrySetResult());
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Waiting for another thread would stop the test host; await instead.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs work under this context; the caller goes on where it was.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(
            async _ =>
            {
                try
                {
                    done.SetResult(await work());
                }
                catch (Exception error)
                {
                    done.SetException(error);
                }
            },
            null);
        return done.Task;
    }

    /// <summary>Until nothing is posted and nothing runs.</summary>
    public async Task WhenQuietAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (!_isDriving)
                return;
            _quietWaiters.Add(quiet);
        }
        await quiet.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Until something is posted after the given number of posts: the outside has answered.</summary>
    public async Task WhenPostedAfterAsync(long posted, CancellationToken cancellationToken)
    {
        TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_posted != posted)
                return;
            _postWaiters.Add(next);
        }
        await next.Task.WaitAsync(cancellationToken);
    }

    private void Drive()
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            while (TryNext(out (SendOrPostCallback Callback, object? State) post))
            {
                try
                {
                    post.Callback(post.State);
                }
                catch (Exception error)
                {
                    Broken ??= error;
                }
            }
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private bool TryNext(out (SendOrPostCallback Callback, object? State) post)
    {
        List<TaskCompletionSource> waiters;
        lock (_lock)
        {
            if (_posts.TryDequeue(out post))
                return true;
            _isDriving = false;
            waiters = [.. _quietWaiters];
            _quietWaiters.Clear();
        }
        waiters.ForEach(w => w.TrySetResult());
        return false;
    }
}

namespace Penstock.Sql;

/// <summary>One caller's work in a shared commit, and how it ended.</summary>
public abstract class WriteCall
{
    private protected WriteCall(bool forCommands, CancellationToken cancellationToken) =>
        (ForCommands, CancellationToken) = (forCommands, cancellationToken);

    /// <summary>Its session must have <see cref="SqlSession.Transaction"/>.</summary>
    public bool ForCommands { get; }

    public CancellationToken CancellationToken { get; }
    public Exception? Error { get; private set; }
    public bool Failed => Error is not null;

    /// <summary>May run again, on a transaction begun anew; the last run counts.</summary>
    public abstract Task RunAsync(SqlSession session, CancellationToken cancellationToken);

    /// <summary>The first error counts.</summary>
    public void Fail(Exception error) => Error ??= error;

    /// <summary>Whether its caller gave up before it began; it failed then.</summary>
    public bool FailIfCancelled()
    {
        if (CancellationToken.IsCancellationRequested)
            Fail(new OperationCanceledException(CancellationToken));
        return Failed;
    }

    /// <summary>Tells its caller.</summary>
    internal abstract void Settle();
}

internal sealed class WriteCall<T>(
    Func<SqlSession, CancellationToken, Task<T>> work, bool forCommands, CancellationToken cancellationToken)
    : WriteCall(forCommands, cancellationToken)
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Completion => _completion.Task;

    public override async Task RunAsync(SqlSession session, CancellationToken cancellationToken) =>
        _result = await work(session, cancellationToken);

    internal override void Settle()
    {
        if (Error is not null)
            _completion.SetException(Error);
        else
            _completion.SetResult(_result!);
    }
}

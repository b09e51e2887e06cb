using Npgsql;
using Penstock.Conformance.Stores;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.SqlByHand;

/// <summary>An engine, its store in a schema of its own, and an operator beside it.</summary>
public abstract class SqlByHandTests : StoreConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;

    /// <summary>One statement by hand, in a transaction of its own.</summary>
    protected Task<int> DoAsync(string sql) => Operator.DoAsync(StorePath, sql, Cancel);

    protected Task<string[]> ReadAsync(string sql) => Operator.ReadAsync(StorePath, sql, Cancel);

    /// <summary>The statement is refused, nothing of it is stored, and the message has these words and a hint.</summary>
    protected async Task RefusedAsync(string sql, params string[] words)
    {
        PostgresException refusal = await Assert.ThrowsAsync<PostgresException>(() => DoAsync(sql));
        Assert.All(words, word => Assert.Contains(word, refusal.MessageText, StringComparison.Ordinal));
        Assert.False(string.IsNullOrWhiteSpace(refusal.Hint), $"'{refusal.MessageText}' says what is wrong, not what to do.");
    }

    protected async Task<(JobStatus Status, string? WaitingFor)> StateAsync(Guid id)
    {
        Job job = await JobAsync(id);
        return (job.Status, job.WaitingFor);
    }

    protected async Task<long> EndedAsync(string queue, Func<QueueState, long> count) =>
        count((await Engine.Reader.QueuesAsync(Cancel)).Single(q => q.Name == queue));

    /// <summary>All that must hold whoever wrote, and that SQL by hand left no hint behind.</summary>
    protected async Task AssertRightAsync()
    {
        Assert.Empty(await HintRules.ViolationsAsync(Engine.Database, Cancel));
        Assert.Empty(await HintRules.StaleAsync(Engine.Database, Cancel));
        // Of hints the rules above know more: they except jobs that wait for others.
        Assert.DoesNotContain(await StoreRules.ViolationsAsync(Engine.Database, Cancel), rule => !rule.StartsWith("I8: queued job", StringComparison.Ordinal));
    }
}

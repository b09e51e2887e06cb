using Penstock.Engine.Enqueueing;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Controls;

/// <summary>Pausing, resuming, emptying and reordering queues. What is long goes in steps that let workers pass in between.</summary>
public sealed class QueueControl(IControlStore store, TimeProvider time)
{
    /// <summary>Hints looked at in one transaction: some 10 ms.</summary>
    private const int StepHints = 200;

    /// <summary>A hint that moves while the walk goes on (its resource got free, its time came) is met by the next walk.</summary>
    private const int WalksMax = 3;

    private static readonly TimeSpan StepPause = TimeSpan.FromMilliseconds(2);

    /// <inheritdoc cref="IControlStore.PauseAsync"/>
    public Task<bool> PauseAsync(string queueName, string by, string? reason, CancellationToken cancellationToken) =>
        store.PauseAsync(queueName, by, reason, cancellationToken);

    /// <inheritdoc cref="IControlStore.ResumeAsync"/>
    public Task<bool> ResumeAsync(string queueName, CancellationToken cancellationToken) =>
        store.ResumeAsync(queueName, cancellationToken);

    /// <summary>Cancels all queued jobs of a queue. What runs goes on; items of batches belong to their running job and stay.</summary>
    public Task<QueueSweep> PurgeAsync(string queueName, string by, CancellationToken cancellationToken) =>
        WalkAsync((after, token) => store.PurgeAsync(queueName, by, after, StepHints, token), cancellationToken);

    /// <summary>Gives all queued jobs of a queue, or those of one operation, another priority.</summary>
    /// <exception cref="InvalidJobException">Outside -1000 to 1000.</exception>
    public Task<QueueSweep> ReprioritiseAsync(
        string queueName, string? operation, int priority, string by, CancellationToken cancellationToken)
    {
        CheckPriority(priority);
        return WalkAsync(
            (after, token) => store.ReprioritiseAsync(queueName, operation, priority, by, after, StepHints, token), cancellationToken);
    }

    /// <inheritdoc cref="IControlStore.ReprioritiseAsync(Guid, int, string, CancellationToken)"/>
    /// <exception cref="InvalidJobException">Outside -1000 to 1000.</exception>
    public Task ReprioritiseAsync(Guid jobId, int priority, string by, CancellationToken cancellationToken)
    {
        CheckPriority(priority);
        return store.ReprioritiseAsync(jobId, priority, by, cancellationToken);
    }

    private async Task<QueueSweep> WalkAsync(
        Func<QueueCursor?, CancellationToken, Task<QueueStep>> step, CancellationToken cancellationToken)
    {
        (int changed, int items) = (0, 0);
        for (int walk = 0; walk < WalksMax; walk++)
        {
            int changedBefore = changed;
            items = 0;
            QueueCursor? at = null;
            do
            {
                QueueStep done = await step(at, cancellationToken);
                changed += done.Changed;
                items += done.ItemsSeen;
                at = done.Next;
                if (done.Changed > 0)
                    await Task.Delay(StepPause, time, cancellationToken);
            }
            while (at is not null);
            if (changed == changedBefore)
                break;
        }
        return new QueueSweep(changed, items);
    }

    private static void CheckPriority(int priority)
    {
        if (Math.Abs((long)priority) > JobDrafting.PriorityMax)
            throw new InvalidJobException($"priority {priority} is outside -{JobDrafting.PriorityMax} to {JobDrafting.PriorityMax}.");
    }
}

/// <param name="Jobs">Cancelled or moved.</param>
/// <param name="ItemsLeft">Items of batches that wait in the queue and were left alone.</param>
public sealed record QueueSweep(int Jobs, int ItemsLeft);

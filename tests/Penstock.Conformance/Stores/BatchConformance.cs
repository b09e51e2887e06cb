using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Sql;
using Xunit;

namespace Penstock.Conformance.Stores;

public abstract class BatchConformance : StoreConformance
{
    private static readonly object Next = new();

    [Fact]
    public async Task A_batch_ends_when_every_item_passed_every_stage_and_enqueues_its_continuation_once()
    {
        Guid parent = await DispatchAsync(3, continuation: new NewJob("nothing", """{"after":true}"""));
        await PassStageAsync();
        Assert.Equal((JobStatus.Running, 0L, 3L), Progress(await JobAsync(parent)));
        await PassStageAsync();

        Assert.Equal((JobStatus.Succeeded, 3L, 3L), Progress(await JobAsync(parent)));
        JobLease continuation = await ClaimAsync();
        Assert.Equal("""{"after":true}""", continuation.Payload);
        Assert.Single(await EventNamesAsync(parent), "job.succeeded");
    }

    [Fact]
    public async Task An_item_taken_over_by_another_worker_has_its_effect_once_and_counts_once()
    {
        Guid parent = await DispatchAsync(1);
        ItemLease slow = Assert.IsType<ItemLease>(Assert.Single(await ClaimManyAsync("worker-a")));
        await RecoverAsync("worker-a");
        ItemLease fresh = Assert.IsType<ItemLease>(Assert.Single(await ClaimManyAsync("worker-b")));
        int effects = 0;
        StoreEffect effect = (_, _) => Task.FromResult(effects++);

        Assert.True(await FinishAsync(Returned(fresh, Next, effect)));
        Assert.False(await FinishAsync(Returned(slow, Next, effect)));
        Assert.Equal(1, effects);
        Assert.Equal([(1L, 0L), (0L, 0L)], (await Engine.Reader.BatchAsync(parent, Cancel)).Select(s => (s.Done, s.Failed)));
    }

    [Fact]
    public async Task An_effect_that_throws_leaves_neither_a_mark_nor_half_of_itself()
    {
        Guid parent = await DispatchAsync(1);
        ItemLease item = Assert.IsType<ItemLease>(Assert.Single(await ClaimManyAsync("worker-a")));
        StoreEffect broken = async (transaction, token) =>
        {
            using SqlStatement write = Engine.Database.Enlist(transaction)
                .Statement("insert into counter (name, value) values ('half', 1)");
            await write.ExecuteAsync(token);
            throw new InvalidDataException("the second half is missing");
        };
        await Assert.ThrowsAsync<InvalidDataException>(() => FinishAsync(Returned(item, Next, broken)));

        long halves = await Engine.Database.ReadAsync(
            (session, token) => session.Statement("select count(*) from counter where name = 'half'").ScalarAsync<long>(token), Cancel);
        Assert.Equal((0L, 0L), (halves, (await Engine.Reader.BatchAsync(parent, Cancel))[0].Done));
        Assert.True(await FinishAsync(Returned(item, Next))); // The lease still stands.
    }

    [Fact]
    public async Task An_item_that_fails_for_good_is_a_dead_letter_and_fails_its_parent_when_the_rest_is_done()
    {
        Guid parent = await DispatchAsync(2);
        IReadOnlyList<UnitLease> items = await ClaimManyAsync("worker-a");
        await FinishAsync(Threw(items[0]));
        Assert.Equal(JobStatus.Running, (await JobAsync(parent)).Status);
        await FinishAsync(Returned((ItemLease)items[1], Next));
        await PassStageAsync();

        Job failed = await JobAsync(parent);
        Assert.Equal((JobStatus.Failed, "BatchItemsFailed", 1L), (failed.Status, failed.ErrorCode, failed.ProgressCurrent));
        Assert.Equal(("item", 0), ((await OnlyDeadLetterAsync()).Kind, (await OnlyDeadLetterAsync()).ItemIndex));
    }

    [Fact]
    public async Task Redriving_the_failed_item_reopens_the_parent_and_closes_it_with_success()
    {
        Guid parent = await DispatchAsync(1, continuation: new NewJob("nothing", "{}"));
        await FinishAsync(Threw((await ClaimManyAsync("worker-a"))[0]));
        Assert.Equal("AllChildrenFailed", (await JobAsync(parent)).ErrorCode);

        await Engine.Client.RedriveAsync((await OnlyDeadLetterAsync()).Id, null, Cancel);
        Assert.Equal(JobStatus.Running, (await JobAsync(parent)).Status);
        await PassStageAsync();
        await PassStageAsync();
        Assert.Equal((JobStatus.Succeeded, 1L, 1L), Progress(await JobAsync(parent)));
        Assert.Single(await Engine.Reader.ListAsync(new JobFilter(Status: JobStatus.Queued), Cancel));
    }

    [Fact]
    public async Task A_batch_that_tolerates_failures_succeeds_with_what_it_has()
    {
        Guid parent = await DispatchAsync(4, failureRatio: 0.5);
        IReadOnlyList<UnitLease> items = await ClaimManyAsync("worker-a");
        await FinishAsync(Threw(items[0]));
        foreach (UnitLease item in items.Skip(1))
            await FinishAsync(Returned((ItemLease)item, Next));
        await PassStageAsync();
        Assert.Equal((JobStatus.Succeeded, 3L, 4L), Progress(await JobAsync(parent)));
    }

    [Fact]
    public async Task Cancelling_a_batch_takes_its_items_back()
    {
        Guid parent = await DispatchAsync(5);
        ItemLease running = (ItemLease)(await ClaimManyAsync("worker-a", 1))[0];
        await Engine.Client.CancelAsync(parent, null, Cancel);
        Assert.Empty(await ClaimManyAsync("worker-b"));
        Assert.Empty(await Store.HeldAsync("worker-a", Cancel));
        Assert.False(await FinishAsync(Returned(running, Next)));
    }

    [Fact]
    public async Task Progress_is_exact_over_more_items_than_one_ledger_row_holds()
    {
        const int items = 5_000;
        Guid parent = await DispatchAsync(items);
        await PassStageAsync();
        await PassStageAsync();
        Assert.Equal((JobStatus.Succeeded, (long)items, (long)items), Progress(await JobAsync(parent)));
    }

    private async Task PassStageAsync()
    {
        IReadOnlyList<UnitLease> items = await ClaimManyAsync("worker-a", 10_000);
        Assert.NotEmpty(items);
        Exchange exchange = await Store.ExchangeAsync(
            items.Cast<ItemLease>().Select(item => Returned(item, item.Stage == 0 ? Next : null)).ToList(), null, Cancel);
        Assert.Empty(exchange.Refused);
    }

    private static (JobStatus, long?, long?) Progress(Job job) => (job.Status, job.ProgressCurrent, job.ProgressTotal);
}

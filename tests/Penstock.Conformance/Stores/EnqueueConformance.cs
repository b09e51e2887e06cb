using System.Data.Common;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.Stores;

public abstract class EnqueueConformance : StoreConformance
{
    [Fact]
    public async Task An_enqueued_job_is_queued_with_its_created_event()
    {
        Guid id = await EnqueueAsync(with: job => job with { Payload = """{"a":1}""", Meta = """{"who":"me"}""", Source = "api" });
        Job job = await JobAsync(id);
        Assert.Equal((JobStatus.Queued, """{"a":1}""", """{"who":"me"}""", 0), (job.Status, job.Payload, job.Meta, job.Attempt));
        Assert.Equal(["job.created"], await EventNamesAsync(id));
    }

    [Fact]
    public async Task A_second_request_with_the_same_key_returns_the_first_job()
    {
        NewJob request = new("nothing", "{}") { IdempotencyKey = "load-2026-03" };
        EnqueueResult first = await Engine.Client.EnqueueAsync(request, Cancel);
        EnqueueResult second = await Engine.Client.EnqueueAsync(request, Cancel);
        Assert.Equal((first.JobId, false, true), (second.JobId, first.Existed, second.Existed));
        Assert.Single(await ClaimManyAsync("worker-a"));
    }

    [Fact]
    public async Task Many_jobs_are_stored_all_or_none()
    {
        NewJob sound = new("nothing", "{}");
        await Assert.ThrowsAsync<UnknownOperationException>(
            () => Engine.Client.EnqueueManyAsync([sound, sound, new NewJob("no_such", "{}")], Cancel));
        Assert.Empty(await ClaimManyAsync("worker-a"));
    }

    [Fact]
    public async Task A_job_enqueued_in_the_callers_transaction_exists_exactly_if_it_commits()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Engine.Database.WriteAsync<bool>(
            async (session, token) =>
            {
                await Engine.Client.EnqueueManyAsync([new NewJob("nothing", "{}")], session.Transaction!, token);
                throw new InvalidOperationException("the caller changed its mind");
            },
            Cancel,
            forCommands: true));
        Assert.Empty(await ClaimManyAsync("worker-a"));

        IReadOnlyList<EnqueueResult> kept = await Engine.Database.WriteAsync(
            (session, token) => Engine.Client.EnqueueManyAsync([new NewJob("nothing", "{}")], session.Transaction!, token), Cancel, forCommands: true);
        Assert.Equal(kept[0].JobId, (await ClaimAsync()).JobId);
    }

    [Fact]
    public async Task Higher_priority_comes_first_and_equal_priority_in_order_of_enqueue()
    {
        Guid[] ids = new Guid[6];
        int[] priorities = [0, 5, 0, 5, -1, 9];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = await EnqueueAsync(with: job => job with { Priority = priorities[i] });
        IEnumerable<Guid> claimed = (await ClaimManyAsync("worker-a")).Cast<JobLease>().Select(l => l.JobId);
        Assert.Equal([ids[5], ids[1], ids[3], ids[0], ids[2], ids[4]], claimed);
    }

    [Fact]
    public async Task A_delayed_job_is_claimed_when_it_is_due_and_not_before()
    {
        await EnqueueAsync(with: job => job with { Delay = TimeSpan.FromMinutes(5) });
        Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await ClaimManyAsync("worker-a"));
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Single(await ClaimManyAsync("worker-a"));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{\"a\":")]
    [InlineData("")]
    public async Task A_payload_that_is_no_JSON_object_is_refused_and_stores_nothing(string payload)
    {
        InvalidJobException error = await Assert.ThrowsAsync<InvalidJobException>(
            () => EnqueueAsync(with: job => job with { Payload = payload }));
        Assert.Equal("job-invalid", error.Code);
        Assert.Empty(await ClaimManyAsync("worker-a"));
    }
}

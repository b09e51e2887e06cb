using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.Stores;

public abstract class UniqueKeyConformance : StoreConformance
{
    private static readonly NewJob Request = new("nothing", "{}") { UniqueKey = "nightly-load" };

    [Fact]
    public async Task While_its_holder_is_queued_or_running_a_unique_key_makes_no_second_job()
    {
        EnqueueResult first = await Engine.Client.EnqueueAsync(Request, Cancel);
        Assert.Equal(new EnqueueResult(first.JobId, Existed: true), await Engine.Client.EnqueueAsync(Request, Cancel));
        JobLease lease = await ClaimAsync();
        Assert.Equal(new EnqueueResult(first.JobId, Existed: true), await Engine.Client.EnqueueAsync(Request, Cancel));
        await FinishAsync(Succeeded(lease));
        EnqueueResult next = await Engine.Client.EnqueueAsync(Request, Cancel);
        Assert.False(next.Existed);
        Assert.NotEqual(first.JobId, next.JobId);
    }

    [Theory]
    [InlineData("succeeded")]
    [InlineData("failed")]
    [InlineData("cancelled")]
    [InlineData("deleted")]
    [InlineData("reaped")]
    [InlineData("quarantined")]
    public async Task Every_end_of_the_holder_frees_its_key(string end)
    {
        EnqueueResult first = await Engine.Client.EnqueueAsync(Request, Cancel);
        switch (end)
        {
            case "succeeded":
                await FinishAsync(Succeeded(await ClaimAsync()));
                break;
            case "failed":
                await FinishAsync(Threw(await ClaimAsync()));
                break;
            case "cancelled":
                await Engine.Client.CancelAsync(first.JobId, null, Cancel);
                break;
            case "deleted":
                await Engine.Client.DeleteAsync(first.JobId, Cancel);
                break;
            case "reaped":
                await ClaimAsync();
                Time.Advance(TimeSpan.FromHours(7));
                await Store.ReapAsync(TimeSpan.FromHours(6), TimeSpan.FromMinutes(30), Cancel);
                break;
            default:
                foreach (string worker in (string[])["killer-1", "killer-2", "killer-3"])
                {
                    await RegisterAsync(worker);
                    await ClaimAsync(worker);
                    await RecoverAsync(worker);
                }
                break;
        }
        Assert.False((await Engine.Client.EnqueueAsync(Request, Cancel)).Existed);
    }

    [Fact]
    public async Task A_retry_keeps_the_key()
    {
        EnqueueResult first = await Engine.Client.EnqueueAsync(Request, Cancel);
        await FinishAsync(Threw(await ClaimAsync(), Time.GetUtcNow() + TimeSpan.FromSeconds(8)));
        Assert.Equal(new EnqueueResult(first.JobId, Existed: true), await Engine.Client.EnqueueAsync(Request, Cancel));
    }

    [Fact]
    public async Task A_redrive_takes_the_key_again_or_is_refused_and_changes_nothing()
    {
        EnqueueResult first = await Engine.Client.EnqueueAsync(Request, Cancel);
        await FinishAsync(Threw(await ClaimAsync()));
        Guid letter = (await OnlyDeadLetterAsync()).Id;
        EnqueueResult second = await Engine.Client.EnqueueAsync(Request, Cancel);

        UniqueKeyTakenException error = await Assert.ThrowsAsync<UniqueKeyTakenException>(() => Engine.Client.RedriveAsync(letter, null, Cancel));
        Assert.Contains($"{second.JobId}", error.Message);
        Assert.Equal((JobStatus.Failed, "pending"), ((await JobAsync(first.JobId)).Status, (await OnlyDeadLetterAsync()).Status));

        await Engine.Client.CancelAsync(second.JobId, null, Cancel);
        await Engine.Client.RedriveAsync(letter, null, Cancel);
        Assert.Equal(new EnqueueResult(first.JobId, Existed: true), await Engine.Client.EnqueueAsync(Request, Cancel));
    }
}

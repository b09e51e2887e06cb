using System.Globalization;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>Every item of a batch is delivered up to five times, and answered in any order: also late, twice, and under old fences.</summary>
public abstract class RedeliveryConformance : StoreConformance
{
    private const int Seeds = 20;
    private const int Items = 12;
    private const int DeliveriesMax = 5;
    private static readonly object Next = new();

    /// <summary>Every delivery of both stages, each with how often it was answered.</summary>
    private readonly List<ItemLease> _deliveries = [];
    private readonly HashSet<ItemLease> _accepted = [];
    private readonly Dictionary<(int Stage, int Index), int> _effects = [];
    private int _workers;

    [Fact]
    public async Task Items_delivered_five_times_and_answered_in_any_order_count_once_and_close_their_parent_once()
    {
        for (int seed = 1; seed <= Seeds; seed++)
            await RunAsync(new Random(seed));
    }

    private async Task RunAsync(Random random)
    {
        _deliveries.Clear();
        _accepted.Clear();
        _effects.Clear();
        Guid parent = await DispatchAsync(Items, continuation: new NewJob("nothing", $$"""{"after":"{{_workers}}"}"""));
        while ((await JobAsync(parent)).Status == JobStatus.Running)
        {
            switch (random.Next(4))
            {
                case 0:
                    await DeliverAsync(random);
                    break;
                case 1 when _deliveries.Count > 0:
                    await LoseAsync(random);
                    break;
                default:
                    await AnswerAsync(random, parent);
                    break;
            }
        }
        await CheckAsync(parent);
    }

    /// <summary>A worker of its own takes some: so that its death makes others of them.</summary>
    private async Task DeliverAsync(Random random)
    {
        string worker = $"deliverer-{++_workers}";
        await RegisterAsync(worker);
        foreach (UnitLease lease in await ClaimManyAsync(worker, random.Next(1, Items)))
            _deliveries.Add(Assert.IsType<ItemLease>(lease));
    }

    /// <summary>The broker, or a worker, loses a delivery: the item comes again.</summary>
    private async Task LoseAsync(Random random)
    {
        ItemLease lost = _deliveries[random.Next(_deliveries.Count)];
        if (_deliveries.Count(d => (d.Stage, d.ItemIndex) == (lost.Stage, lost.ItemIndex)) < DeliveriesMax)
            await Store.GiveBackAsync(lost.WorkerId, [UnitKey.Of(lost)], Cancel);
    }

    private async Task AnswerAsync(Random random, Guid parent)
    {
        if (_deliveries.Count == 0)
            return;
        ItemLease delivery = _deliveries[random.Next(_deliveries.Count)];
        StoreEffect effect = (_, _) =>
        {
            (int, int) item = (delivery.Stage, delivery.ItemIndex);
            _effects[item] = _effects.GetValueOrDefault(item) + 1;
            return Task.CompletedTask;
        };
        if (await FinishAsync(Returned(delivery, delivery.Stage == 0 ? Next : null, effect)))
            Assert.True(_accepted.Add(delivery), "The same delivery was accepted twice.");
        Job job = await JobAsync(parent);
        Assert.Equal(_effects.Count(e => e.Key.Stage == 1), job.ProgressCurrent);
    }

    private async Task CheckAsync(Guid parent)
    {
        Job closed = await JobAsync(parent);
        Assert.Equal((JobStatus.Succeeded, (long)Items, (long)Items), (closed.Status, closed.ProgressCurrent, closed.ProgressTotal));
        Assert.Equal(2 * Items, _effects.Count);
        Assert.All(_effects.Values, times => Assert.Equal(1, times));
        Assert.True(_deliveries.Count > 2 * Items, string.Create(CultureInfo.InvariantCulture, $"Only {_deliveries.Count} deliveries: nothing was redelivered."));
        // What comes now comes too late, whatever it is.
        foreach (ItemLease late in _deliveries)
            Assert.False(await FinishAsync(Returned(late, late.Stage == 0 ? Next : null, (_, _) => throw new InvalidOperationException("an effect ran again"))));
        Assert.Single(await EventNamesAsync(parent), "job.succeeded");
        await RegisterAsync($"deliverer-{++_workers}");
        JobLease continuation = Assert.IsType<JobLease>(Assert.Single(await ClaimManyAsync($"deliverer-{_workers}")));
        Assert.True(await FinishAsync(Succeeded(continuation)));
    }
}

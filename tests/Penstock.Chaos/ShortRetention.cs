using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Penstock.Engine;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Storage;

namespace Penstock.Chaos;

/// <summary>The product's retention, in minutes instead of days; what became of the jobs is read before they go.</summary>
internal sealed class ShortRetention(IServiceProvider services, Fates fates, TimeSpan keep)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>Read are also jobs somewhat younger than those that go: the removal takes a moment.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly IJobReader _reader = services.GetRequiredService<IJobReader>();
    private readonly IDeadLetterStore _letters = services.GetRequiredService<IDeadLetterStore>();
    private readonly Retention _retention = new(
        services.GetRequiredService<IJobStore>(), new RetentionOptions { FinishedDays = 1 }, new Ahead(TimeSpan.FromDays(1) - keep),
        services.GetRequiredService<ILogger<Retention>>());

    public long Removed { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                // What waits for a review is kept.
                foreach (DeadLetter letter in await _reader.DeadLettersAsync(new DeadLetterFilter { Status = "pending", Limit = 1_000 }, CancellationToken.None))
                    await _letters.ArchiveAsync(letter.Id, null, "chaos", CancellationToken.None);
                await fates.ReadAsync(IdGenerator.FloorOf(TimeProvider.System.GetUtcNow() - keep + Margin));
                Removed += await _retention.RunCycleAsync(CancellationToken.None);
            }
            catch (PenstockException error) when (error.Kind == ErrorKind.Unavailable)
            {
                // A fault of the experiment; the next round does it.
            }
            await Task.Delay(Interval, TimeProvider.System, CancellationToken.None);
        }
    }

    private sealed class Ahead(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}

using Microsoft.Extensions.DependencyInjection;

namespace Penstock.TestKit;

/// <summary>How a test host starts.</summary>
public sealed class PenstockTestOptions
{
    /// <summary>The host's first instant. Default: 1 January 2030, 00:00 UTC, a Tuesday.</summary>
    public DateTimeOffset Start { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Where the store is. Default <c>:memory:</c>; a file, where the test opens transactions of its own.</summary>
    public string DatabasePath { get; set; } = ":memory:";

    /// <summary>Units run at once. Default 1: one after another, in the order of the queue.</summary>
    public int Slots { get; set; } = 1;

    /// <summary>Decides the ids and the jitter of retries: the same seed gives the same ones.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>The most of the host's time that one <c>RunAsync</c> may let pass. Default one day.</summary>
    public TimeSpan LongestRun { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Registered last, so that a fake takes the place of the real service.</summary>
    public Action<IServiceCollection>? ServiceOverrides { get; set; }
}

using Penstock.Client.Queues;
using Penstock.Console.Text;

namespace Penstock.Console.Queues;

/// <summary>A rate as people read it.</summary>
internal static class RateText
{
    public static string Of(RateView rate) =>
        $"{Numbers.Count(rate.Count, "start")} in any {Durations.Say(TimeSpan.FromSeconds(rate.PerSeconds))}";
}
